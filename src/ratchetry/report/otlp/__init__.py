"""Runs as OTLP: traces and metrics in the JSON form of OpenTelemetry's protocol."""
