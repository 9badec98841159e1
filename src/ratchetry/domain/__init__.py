"""The values that flow through the pipeline: frozen, without behavior that touches the world."""
