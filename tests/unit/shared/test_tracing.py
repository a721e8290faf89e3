"""Spans are told apart by what they are about, in every process alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from deploy.tracing import OpenTelemetryTracer
from shared import tracing
from shared.tracing import Kind, Place, Span

BEGAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PINNED_TRACE, PINNED_SPAN = "bcb96707770d6b08d6e3d01c2081723f", "b7bbaca90d42ee0c"
GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def span(dossier: str, name: str = "process x", parent: int | None = None, *, failed: bool = False) -> Span:
    trace = tracing.trace_of(dossier)
    place = Place(trace, tracing.handled("routing", f"/lienthong/intake/1/{name}"))
    return Span(name, Kind.CONSUMER, place, parent, BEGAN, BEGAN + timedelta(seconds=2), {"a": "b"}, failed)


def told(*spans: Span) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    tracer = OpenTelemetryTracer("routing", SimpleSpanProcessor(exporter))
    tracer.record(spans)
    tracer.close()
    return exporter


def test_ids_are_the_same_in_every_process_and_for_ever() -> None:
    assert f"{tracing.trace_of('6f1d3c3e-53d2-5f0c-9a10-3d3f0f3f8f11'):032x}" == PINNED_TRACE
    assert f"{tracing.sent('/lienthong/intake/1', '7'):016x}" == PINNED_SPAN
    assert tracing.sent("/lienthong/intake/1", "7") != tracing.handled("intake", "/lienthong/intake/1/7")
    assert tracing.handled("routing", "c") != tracing.handled("statistics", "c")


@pytest.mark.parametrize("cause", [None, "", "leg-due/6f1d/3", "/http/administrator//x/reference", "x"])
def test_what_is_not_handled_in_a_span_of_its_own_is_nobodys_parent(cause: str | None) -> None:
    assert tracing.parent_of("processing", cause) is None


def test_a_place_is_read_as_it_is_written() -> None:
    place = tracing.read_traceparent(GIVEN)
    assert place
    assert place.traceparent() == GIVEN


@pytest.mark.parametrize(
    "given",
    [
        None,
        7,
        "",
        GIVEN.upper(),
        f"{GIVEN}-1",
        GIVEN.replace("00-", "ff-"),
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        "00-x-y-01",
    ],
)
def test_what_is_no_place_is_passed_over(given: object) -> None:
    assert tracing.read_traceparent(given) is None


def test_a_span_reaches_opentelemetry_under_its_own_ids_and_times() -> None:
    above = span("d", "publish x")
    (first, second) = told(above, span("d", parent=above.place.span, failed=True)).get_finished_spans()
    assert first.context.trace_id == second.context.trace_id == tracing.trace_of("d")
    assert second.parent
    assert (second.parent.span_id, first.parent) == (first.context.span_id, None)
    assert (second.end_time or 0) - (second.start_time or 0) == 2_000_000_000
    assert (first.status.status_code, second.status.status_code) == (StatusCode.UNSET, StatusCode.ERROR)
    assert second.resource.attributes["service.name"] == "routing"


@pytest.mark.parametrize("sampler", ["traceidratio", "parentbased_traceidratio"])
def test_a_dossiers_whole_way_is_taken_or_none_of_it(monkeypatch: pytest.MonkeyPatch, sampler: str) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    dossiers = [f"dossier {number}" for number in range(100)]
    spans = [one for d in dossiers for one in (span(d), span(d, "y", parent=7))]
    taken = [one.context.trace_id for one in told(*spans).get_finished_spans()]
    assert 25 < len(set(taken)) < 75
    assert sorted(taken) == sorted([*set(taken), *set(taken)]), "both spans of each"
