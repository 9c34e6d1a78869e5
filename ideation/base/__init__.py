"""What every room uses: errors, the API's conventions, the page shell, components, charts."""
