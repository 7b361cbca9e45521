"""The costs in the guide: counted at the functions, not guessed."""

import math

import pytest

import aws_costs
from support.counted_days import PLACE, count_days, text_of
from support.stack_template import RUNNING, Stack


@pytest.mark.slow
def test_the_counted_requests_are_those_that_functions_make() -> None:
    """A change that doubles the requests of a day changes what people pay, and must show in the guide.

    A few requests more or less are the order in which threads ask; sizes move with versions and times in the text.
    """
    counted = count_days()
    for part, rows in counted.items():
        kept = aws_costs.COUNTS[part]
        assert rows.keys() == kept.keys(), f"PYTHONPATH=shared:tests:tools python tests/support/counted_days.py\n{rows}"
        close = {name: math.isclose(n, kept[name], rel_tol=0.15, abs_tol=4) for name, n in rows.items()}
        off = {name: (n, kept[name]) for name, n in rows.items() if not close[name]}
        assert off == {}, part


def test_the_kept_counts_are_a_written_file() -> None:
    """Edited by hand they would be guesses again."""
    assert PLACE.read_text() == text_of(aws_costs.COUNTS)


def test_the_sum_counts_keys_and_alarms_as_the_template_has_them() -> None:
    """What the template adds, the bill has."""
    stack = Stack(**RUNNING)
    assert len(stack.of_type("AWS::KMS::Key")) == aws_costs.KEYS
    alarms = stack.of_type("AWS::CloudWatch::Alarm").values()
    assert (
        sum(max(1, sum("MetricStat" in one for one in alarm.get("Metrics", ()))) for alarm in alarms)
        == aws_costs.ALARMS
    )


def test_more_clusters_cost_more_and_each_costs_less_until_the_ledger_is_long() -> None:
    """The table would hide a sign that is wrong."""
    months = [aws_costs.month_of(clusters) for clusters in aws_costs.SIZES]
    assert [one.total for one in months] == sorted(one.total for one in months)
    assert months[0].total > months[1].total / 30 > months[2].total / 300
