"""How text and numbers become needs, models and concepts: on files and arrays, without the web or the database."""
