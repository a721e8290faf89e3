"""Charts as pictures: made on the server, without scripts, in colours that everybody can tell apart.

The colours are of Okabe and Ito's set for colour vision of all kinds; a table beside each chart has its figures.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import pygal
from pygal.style import Style

from services.statistics.papers.numbers import number

# pygal leaves a finder for its plugins behind, of a kind that Python warns of at every later import; we have none.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#3a4045",
    foreground_strong="#1f2326",
    foreground_subtle="#8b9298",
    font_family="system-ui, 'Noto Sans', sans-serif",
    label_font_size=15,
    major_label_font_size=15,
    legend_font_size=16,
    value_font_size=14,
    colors=("#0072b2", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"),
    opacity=".95",
    guide_stroke_color="#c9ced2",
    guide_stroke_dasharray="2,4",
    major_guide_stroke_color="#c9ced2",
    major_guide_stroke_dasharray="2,4",
)


_UPRIGHT = 12
"""So many names stand upright below the axis."""


class Series(NamedTuple):
    """Numbers of one kind, one for each place on the axis."""

    name: str
    values: list[int]


def columns_chart(places: Sequence[str], series: Sequence[Series]) -> bytes:
    """Return columns side by side, as SVG."""
    chart = pygal.Bar(
        style=_STYLE,
        js=(),
        width=960,
        height=360,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(series),
        show_y_guides=True,
        max_scale=8,
        margin=12,
        spacing=18,
        x_label_rotation=0 if len(places) <= _UPRIGHT else 40,
        formatter=lambda value: number(round(value)),
        value_formatter=lambda value: number(round(value)),
        no_data_text="—",
        disable_xml_declaration=False,
    )
    chart.add_xml_filter(_without_scripts)
    chart.x_labels = list(places)
    for one in series:
        chart.add(one.name, one.values)
    picture: bytes = chart.render()
    return picture


def stacked_rows_chart(places: Sequence[str], series: Sequence[Series]) -> bytes:
    """Return a bar for each place, put together of the series' parts, as SVG; the first place stands on top."""
    chart = pygal.HorizontalStackedBar(
        style=_STYLE,
        js=(),
        width=960,
        height=120 + 52 * max(1, len(places)),
        legend_at_bottom=True,
        legend_at_bottom_columns=max(1, len(series)),
        show_y_guides=False,
        show_x_guides=True,
        margin=12,
        spacing=10,
        formatter=lambda value: number(round(value)),
        x_value_formatter=lambda value: number(round(value)),
        value_formatter=lambda value: number(round(value)),
        no_data_text="—",
        disable_xml_declaration=False,
    )
    chart.add_xml_filter(_without_scripts)
    chart.x_labels = list(reversed(places))
    for one in series:
        chart.add(one.name, list(reversed(one.values)))
    picture: bytes = chart.render()
    return picture


def _without_scripts(root: Any) -> Any:
    """Take out what pygal puts in for its tooltips, even when it is asked for none."""
    for parent in root.iter():
        for child in list(parent):
            if str(child.tag).rpartition("}")[2] == "script":
                parent.remove(child)
    return root
