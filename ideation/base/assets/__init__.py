"""Sources of the styles, the page script and the chart bundle, and the build that makes static files of them."""
