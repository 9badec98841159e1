"""OTLP documents as OpenTelemetry's own types read them, and the names that its conventions have."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

_JSON: Final[ModuleType] = import_module("google.protobuf.json_format")
_HEXADECIMAL: Final = ("traceId", "spanId", "parentSpanId")
_CONVENTIONS: Final = "opentelemetry.semconv"


def read_traces(data: bytes) -> ExportTraceServiceRequest:
    """Return a document of traces; raises ParseError for a field or a value that the protocol does not know."""
    request = ExportTraceServiceRequest()
    _JSON.Parse(_for_protobuf(data), request)
    return request


def read_metrics(data: bytes) -> ExportMetricsServiceRequest:
    """Return a document of metrics; raises ParseError for a field or a value that the protocol does not know."""
    request = ExportMetricsServiceRequest()
    _JSON.Parse(_for_protobuf(data), request)
    return request


def spans_of(request: ExportTraceServiceRequest) -> list[Span]:
    """Return the spans of a document."""
    return [span for row in request.resource_spans for scoped in row.scope_spans for span in scoped.spans]


def metrics_of(request: ExportMetricsServiceRequest) -> dict[str, Metric]:
    """Return the metrics of a document by their names, each there once."""
    rows = [one for row in request.resource_metrics for scoped in row.scope_metrics for one in scoped.metrics]
    found = {row.name: row for row in rows}
    assert len(found) == len(rows)
    return found


def told(attributes: Iterable[KeyValue]) -> dict[str, str | int | float | bool]:
    """Return attributes by their keys, each there once."""
    rows = list(attributes)
    found = {row.key: _plain(row.value) for row in rows}
    assert len(found) == len(rows)
    return found


def official_names() -> frozenset[str]:
    """Return the attributes and metrics that the conventions have."""
    names: set[str] = set()
    for package in ("attributes", "_incubating.attributes", "_incubating.metrics"):
        parent = import_module(f"{_CONVENTIONS}.{package}")
        for found in iter_modules(parent.__path__):
            module = import_module(f"{parent.__name__}.{found.name}")
            names |= {value for value in vars(module).values() if isinstance(value, str) and "." in value}
    return frozenset(names)


def _plain(value: AnyValue) -> str | int | float | bool:
    """Return a value as what it is."""
    kind = value.WhichOneof("value")
    assert kind in {"string_value", "int_value", "double_value", "bool_value"}
    plain: str | int | float | bool = getattr(value, kind)
    return plain


def _for_protobuf(data: bytes) -> str:
    """Return a document with its identifiers in Base64, in which protobuf's own JSON has them, and OTLP has not."""
    return json.dumps(_rewritten(json.loads(data)))


def _rewritten(node: object) -> object:
    """Return a part of a document with its identifiers in Base64."""
    if isinstance(node, list):
        return [_rewritten(row) for row in node]
    if not isinstance(node, dict):
        return node
    return {
        key: base64.b64encode(bytes.fromhex(value)).decode() if key in _HEXADECIMAL else _rewritten(value)
        for key, value in node.items()
    }
