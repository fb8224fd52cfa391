"""The charts of the reports: the same values as marks, as a table and in words."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from messagehub.lib.durations import format_duration
from reports.charts import (
    bar_chart,
    bar_list,
    format_value,
    heat_map,
    line_chart,
    sparkline,
)
from reports.charts.axis import axis_values, shown_labels

HOSTILE = '<script>alert("1")</script>'
NAMES = ["This period", "Previous period"]
UNITS = ["count", "seconds", "percent"]
VALUES = st.lists(
    st.none() | st.integers(0, 10**12) | st.floats(0, 10**12), min_size=1, max_size=60
)


def parse(html):
    """Return the chart as a tree, which also proves that each SVG is valid XML."""
    return ElementTree.fromstring(f"<html>{html}</html>")


def marks(tree, name):
    return [each for each in tree.iter() if each.get("class") == name]


def text(element):
    return "".join(element.itertext())


def table_rows(tree):
    """Return the cells of the rows of the chart's table, without its head."""
    return [[text(cell) for cell in row] for row in tree.find(".//tbody")]


def number(percentage):
    return float(percentage.removesuffix("%"))


def coordinates(path):
    return [float(each) for each in re.findall(r"-?[\d.]+", path)]


def labels(count):
    return [f"Day {i}" for i in range(count)]


def charts(values, unit="count"):
    """Return every chart of the same values."""
    days = labels(len(values))
    return [
        bar_chart("Title", days, values, unit=unit, previous=values),
        bar_list("Title", days, values, unit=unit, previous=values),
        line_chart("Title", days, {"Median": values, "Mean": values}, unit=unit),
        heat_map("Title", ["Row"], days, [values]),
        sparkline(values),
    ]


@given(VALUES, st.sampled_from(UNITS))
def test_marks_are_inside_the_plot(values, unit):
    for html in charts(values, unit):
        tree = parse(html)
        for bar in marks(tree, "chart-bar"):
            for start, size in (("x", "width"), ("y", "height")):
                begin, length = number(bar.get(start, "0")), number(bar.get(size))
                assert begin >= 0
                assert length >= 0
                assert begin + length <= 100.02
        for mark in ["chart-line", "chart-previous", "chart-halo"]:
            for path in marks(tree, mark):
                assert all(0 <= each <= 100 for each in coordinates(path.get("d")))
        for dot in marks(tree, "chart-dot"):
            assert 0 <= number(dot.get("cx")) <= 100
            assert 0 <= number(dot.get("cy")) <= 100


@given(VALUES, st.sampled_from(UNITS))
def test_the_same_values_give_the_same_chart(values, unit):
    assert charts(values, unit) == charts(values, unit)


@given(VALUES, st.sampled_from(UNITS))
def test_tables_show_all_values(values, unit):
    shown = [format_value(value, unit) for value in values]
    rows = [list(row) for row in zip(labels(len(values)), shown, shown, strict=True)]
    for html in charts(values, unit)[:3]:
        tree = parse(html)
        if any(value is not None for value in values):
            assert table_rows(tree) == rows
        else:
            assert text(tree) == "TitleNo data in this period."


def test_charts_obey_the_content_security_policy():
    for html in charts([1, None, 3]):
        assert isinstance(html, SafeString)
        for element in parse(html).iter():
            assert element.tag not in ("style", "script")
            assert "style" not in element.attrib
            assert not [name for name in element.attrib if name.startswith("on")]


def test_names_are_escaped():
    for html in [
        bar_chart(HOSTILE, [HOSTILE], [1], unit="count", previous=[2]),
        bar_chart(HOSTILE, [], [], unit="count"),
        bar_list(HOSTILE, [HOSTILE], [1], unit="count"),
        line_chart(HOSTILE, [HOSTILE], {HOSTILE: [1], "Mean": [2]}, unit="count"),
        heat_map(HOSTILE, [HOSTILE], [HOSTILE], [[1]]),
    ]:
        assert "<script" not in html
        assert HOSTILE in text(parse(html))


@pytest.mark.parametrize("values", [[], [None, None]])
def test_charts_without_values_say_so(values):
    for html in charts(values):
        assert "No data in this period." in html
        assert "<svg" not in html


@pytest.mark.parametrize("make", [bar_chart, bar_list])
def test_as_many_values_as_labels_are_needed(make):
    for values, previous in [([1], None), ([1, 2], [1])]:
        with pytest.raises(ValueError):
            make("Title", ["a", "b"], values, unit="count", previous=previous)


def test_series_and_rows_are_as_long_as_their_labels():
    with pytest.raises(ValueError):
        line_chart("Title", ["a", "b"], {"Median": [1]}, unit="count")
    for values in ([[1]], [[1, 2], [3, 4]]):
        with pytest.raises(ValueError):
            heat_map("Title", ["row"], ["a", "b"], values)


def test_bars_stand_in_the_middle_of_their_label_and_are_as_high_as_their_value():
    tree = parse(bar_chart("New", labels(10), [5, 10, 0, None] + [1] * 6, unit="count"))
    bars = [each.attrib for each in marks(tree, "chart-bar")]
    assert len(bars) == 8
    assert [bars[0][name] for name in ("x", "y", "width", "height")] == ["1.5%", "50%", "7%", "50%"]
    assert [bars[1][name] for name in ("x", "y", "height")] == ["11.5%", "0%", "100%"]


def test_a_small_value_is_visible_and_zero_is_not():
    tree = parse(bar_chart("New", labels(3), [1_000_000, 1, 0], unit="count"))
    assert [bar.get("height") for bar in marks(tree, "chart-bar")] == ["100%", "1%"]
    tree = parse(bar_list("New", labels(3), [1_000_000, 1, 0], unit="count"))
    assert [bar.get("width") for bar in marks(tree, "chart-bar")] == ["100%", "1%", "0%"]


def test_the_period_before_is_dashed_and_in_the_legend():
    tree = parse(bar_chart("New", labels(4), [1, 2, 3, 4], unit="count", previous=[2, None, 0, 4]))
    legend, line = marks(tree, "chart-legend")[0], marks(tree, "chart-previous")[1]
    assert [text(entry) for entry in legend] == NAMES
    assert line.get("stroke-dasharray")
    assert re.findall(r"M[\d.]+ ([\d.]+)h", line.get("d")) == ["50", "100", "0"]
    assert not marks(parse(bar_chart("New", ["a"], [1], unit="count")), "chart-legend")


def test_a_gap_interrupts_the_line_and_a_lone_point_is_a_dot():
    values = [0, 10, None, 5, None, None, 10, 10] + [None] * 12
    tree = parse(line_chart("Time", labels(20), {"Median": values}, unit="count"))
    (line,), (dot,) = marks(tree, "chart-line"), marks(tree, "chart-dot")
    assert line.get("d") == "M2.5 100L7.5 0M17.5 50M32.5 0L37.5 0"
    assert (dot.get("cx"), dot.get("cy")) == ("17.5%", "50%")


def test_few_points_are_dots_except_in_a_sparkline():
    assert (
        len(marks(parse(line_chart("a", labels(7), {"b": [1] * 7}, unit="count")), "chart-dot"))
        == 7
    )
    assert not marks(parse(sparkline([1] * 7)), "chart-dot")
    assert len(marks(parse(sparkline([1])), "chart-dot")) == 1


def test_each_line_has_its_own_style_and_a_name_in_the_legend():
    tree = parse(line_chart("Time", ["a"], {"Median": [1], "Mean": [2]}, unit="seconds"))
    assert [text(entry) for entry in marks(tree, "chart-legend")[0]] == ["Median", "Mean"]
    assert {line.get("data-series") for line in marks(tree, "chart-line")} == {"0", "1"}


def test_charts_run_from_the_right_where_the_language_does():
    draw = [
        lambda: bar_chart("New", ["a", "b"], [1, None], unit="count"),
        lambda: line_chart("New", ["a", "b"], {"Median": [1, None]}, unit="count"),
    ]
    with override("en"):
        left = [text_positions(parse(each())) for each in draw]
    with override("ar"):
        right = [text_positions(parse(each())) for each in draw]
        bar = marks(parse(bar_list("New", ["a", "b"], [4, 1], unit="count")), "chart-bar")[1]
    assert left == [{"a": "25%", "b": "75%"}] * 2
    assert right == [{"a": "75%", "b": "25%"}] * 2
    assert (bar.get("x"), bar.get("width")) == ("75%", "25%")


def text_positions(tree):
    return {text(label): label.get("x") for label in tree.iter("text")}


def test_the_chart_is_summarized_for_screen_readers():
    html = bar_chart(
        "New", ["Mon", "Tue", "Wed"], [3, 1200, None], unit="count", previous=[5, 5, 7]
    )
    (image,) = [each for each in parse(html).iter() if each.get("role") == "img"]
    assert image.get("aria-label") == (
        "New, Mon to Wed. This period: highest 1,200 (Tue), lowest 3 (Mon)."
        " Previous period: highest 7 (Wed), lowest 5 (Mon)."
    )
    html = line_chart("Time", ["Mon"], {"Median": [60], "Mean": [None]}, unit="seconds")
    assert 'aria-label="Time, Mon. Median: 1 min. Mean: no data."' in html


def test_each_label_has_a_tooltip_with_all_values():
    html = bar_chart("New", ["Mon", "Tue"], [3, None], unit="percent", previous=[5, 6])
    titles = [text(each) for each in parse(html).iter("title")]
    assert titles == [
        "Mon\nThis period: 3%\nPrevious period: 5%",
        "Tue\nThis period: –\nPrevious period: 6%",
    ]


def test_the_table_has_a_caption_and_headers():
    tree = parse(bar_chart("New", ["Mon"], [3], unit="count", previous=[5]))
    table = tree.find(".//details//table")
    assert table.findtext("caption") == "New"
    assert [text(each) for each in table.findall("thead//th[@scope='col']")] == NAMES
    assert [text(each) for each in table.findall("tbody//th[@scope='row']")] == ["Mon"]
    # It scrolls, so the keyboard has to reach it.
    assert tree.find(".//details/div").get("tabindex") == "0"


def test_a_heat_map_has_headers_numbers_and_levels():
    rows, columns = ["Mon", "Tue"], [8, 9, 10]
    tree = parse(heat_map("Arrivals", rows, columns, [[0, 1, 20], [None, 21, 1000]]))
    cells = [(cell.get("data-level"), cell.text or "") for cell in tree.findall(".//tbody//td")]
    assert cells == [("0", "0"), ("1", "1"), ("1", "20"), ("", ""), ("1", "21"), ("5", "1,000")]
    assert [text(each) for each in tree.findall(".//th[@scope='row']")] == rows
    assert [text(each) for each in tree.findall(".//th[@scope='col']")] == ["8", "9", "10"]


def test_a_heat_map_of_zeros_is_pale():
    assert 'data-level="0">0</td>' in heat_map("Arrivals", ["Mon"], [8], [[0]])


@pytest.mark.parametrize(
    ("highest", "unit", "values"),
    [
        (0, "count", [0, 1]),
        (1, "count", [0, 1]),
        (0.5, "count", [0, 1]),
        (4, "count", [0, 1, 2, 3, 4]),
        (5, "count", [0, 2, 4, 6]),
        (60, "count", [0, 20, 40, 60]),
        (9_999, "count", [0, 2500, 5000, 7500, 10_000]),
        (95, "percent", [0, 25, 50, 75, 100]),
        (45, "seconds", [0, 15, 30, 45]),
        (400, "seconds", [0, 120, 240, 360, 480]),
        (5 * 3600, "seconds", [0, 7200, 14_400, 21_600]),
        (3 * 86_400, "seconds", [0, 86_400, 172_800, 259_200]),
    ],
)
def test_the_axis_has_round_values(highest, unit, values):
    assert axis_values(highest, unit) == values


@given(st.floats(0, 10**15), st.sampled_from(UNITS))
def test_the_axis_has_at_most_five_whole_values_up_to_the_highest(highest, unit):
    first, *_, last = values = axis_values(highest, unit)
    assert first == 0
    assert last >= highest
    assert len(values) <= 5
    assert all(isinstance(value, int) for value in values)


@pytest.mark.parametrize(
    ("count", "wide", "narrow"),
    [
        (0, [], []),
        (1, [0], [0]),
        (7, [0, 1, 2, 3, 4, 5, 6], [0, 2, 4, 6]),
        (24, [0, 3, 6, 9, 12, 15, 18, 21], [0, 6, 12, 18]),
        (28, [0, 7, 14, 21], [0, 7, 14, 21]),
        (90, [0, 14, 28, 42, 56, 70, 84], [0, 28, 56, 84]),
        (400, [0, 56, 112, 168, 224, 280, 336, 392], [0, 112, 224, 336]),
    ],
)
def test_labels_are_thinned_to_the_room_they_have(count, wide, narrow):
    shown = shown_labels(["28 Nov"] * count)
    assert (list(shown), [i for i in shown if shown[i]]) == (wide, narrow)


def test_a_long_label_is_cut_below_the_chart_but_not_in_the_table():
    tree = parse(bar_chart("New", ["a" * 200], [1], unit="count"))
    assert text(next(tree.iter("text"))) == "a" * 15 + "…"
    assert table_rows(tree) == [["a" * 200, "1"]]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, "–"),
        (0, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (59.5, "1 min"),
        (90, "1 min 30 s"),
        (599.7, "10 min"),
        (12 * 60 + 29, "12 min"),
        (3 * 3600 + 20 * 60, "3 h 20 min"),
        (86_399, "1 d"),
        (2 * 86_400, "2 d"),
        (2 * 86_400 + 3 * 3600 + 1799, "2 d 3 h"),
        (400 * 86_400 + 50_000, "401 d"),
        (Decimal("90.0"), "1 min 30 s"),
    ],
)
def test_durations_are_short(seconds, expected):
    assert format_duration(seconds) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1234567, "count", "1,234,567"),
        (4.25, "count", "4.2"),
        (4.0, "count", "4"),
        (Decimal("4.96"), "count", "5"),
        (87.5, "percent", "87.5%"),
        (None, "percent", "–"),
        (60, "seconds", "1 min"),
    ],
)
def test_values_are_formatted_by_unit(value, unit, expected):
    assert format_value(value, unit) == expected


def test_decimals_can_be_drawn():
    for html in charts([Decimal("1.5"), Decimal(3), None]):
        assert parse(html) is not None
