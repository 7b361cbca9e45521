"""Printing findings with the facts and calls they stand on."""

from collections.abc import Iterable

from dayseal.cli.output import print_line
from dayseal.model import Fact
from dayseal.wiring import call_text


def print_finding(check: str, verdict: str, summary: str, facts: Iterable[Fact]) -> None:
    """Print one finding, and below it each fact: its value, or why it is not known, and the call that gave it."""
    print_line("")
    print_line(f"{check}: {verdict}. {summary}")
    for fact in facts:
        print_line(f"  {fact.field} = {fact.value}  [{call_text(fact.call)} on {fact.resource}]")
