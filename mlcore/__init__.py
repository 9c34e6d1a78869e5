"""How text and numbers become needs, models and concepts. Works on files and arrays; knows nothing of the web or the database."""
