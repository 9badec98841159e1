"""The dashboard: a static page that shows a history, and the documents that it loads."""
