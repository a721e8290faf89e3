"""Traces by OpenTelemetry: where the standard variables name a collector, and nowhere else.

`OTEL_EXPORTER_OTLP_ENDPOINT` turns them on; sampling, time-outs and limits are set by OpenTelemetry's
own variables. A sampler that goes by the trace's id takes a dossier's whole way or none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from shared.tracing import Kind, Place, Span

_KINDS: Mapping[Kind, SpanKind] = {
    Kind.SERVER: SpanKind.SERVER,
    Kind.PRODUCER: SpanKind.PRODUCER,
    Kind.CONSUMER: SpanKind.CONSUMER,
}


class OpenTelemetryTracer:
    """Hands a service's spans to OpenTelemetry under the ids that they have already."""

    def __init__(self, service: str, processor: SpanProcessor | None = None) -> None:
        resource = Resource.create({SERVICE_NAME: service, SERVICE_NAMESPACE: "lienthong"})
        self._ids = _GivenIds()
        self._provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        self._provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("lienthong")

    def record(self, spans: Sequence[Span]) -> None:
        """Take spans that have ended; they are sent on by a thread of their own."""
        for span in spans:
            self._record(span)

    def close(self) -> None:
        """Send what was not sent yet, within OpenTelemetry's own time-out."""
        self._provider.shutdown()

    def _record(self, span: Span) -> None:
        parent = Context()
        if span.parent is not None:
            # Whether a trace is taken follows from its id alone: every service decides alike.
            decision = self._provider.sampler.should_sample(None, span.place.trace, span.name).decision
            flags = TraceFlags(TraceFlags.SAMPLED if decision is Decision.RECORD_AND_SAMPLE else 0)
            above = SpanContext(span.place.trace, span.parent, is_remote=True, trace_flags=flags)
            parent = set_span_in_context(NonRecordingSpan(above), parent)
        self._ids.place = span.place  # Nothing between here and the start lets another thread run.
        started = self._tracer.start_span(
            span.name,
            parent,
            _KINDS[span.kind],
            dict(span.attributes),
            [Link(_context(span.link))] if span.link else None,
            _nanoseconds(span.began),
        )
        if span.failed:
            started.set_status(Status(StatusCode.ERROR))
        started.end(_nanoseconds(max(span.began, span.ended)))


class _GivenIds(IdGenerator):
    """Gives the ids of the span that is being recorded."""

    place = Place(1, 1)

    def generate_span_id(self) -> int:
        """Return the span's id."""
        return self.place.span

    def generate_trace_id(self) -> int:
        """Return the trace's id."""
        return self.place.trace


def _context(place: Place) -> SpanContext:
    return SpanContext(place.trace, place.span, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
