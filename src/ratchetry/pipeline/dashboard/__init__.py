"""From a history to a dashboard: read it in one pass, make the documents, write them, serve them."""
