"""What is sent to an event bus and a topic: bounded, in batches, and never half in silence."""

import json
from typing import Any

import pytest

from dayseal.clouds.aws.notify import AwsNotifier
from dayseal.errors import AccessError
from dayseal.model import FindingLine, Notice, Verdict


class Client:
    """Stands for both services' clients; keeps what it was sent."""

    def __init__(self, refused: str = "") -> None:
        self.entries: list[list[dict[str, Any]]] = []
        self.messages: list[dict[str, str]] = []
        self._refused = refused

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - botocore's name
        """Keep a batch; refuse its last entry if told to."""
        self.entries.append(Entries)
        results: list[dict[str, str]] = [{"EventId": "1"} for _ in Entries]
        if self._refused:
            results[-1] = {"ErrorCode": self._refused}
        return {"Entries": results, "FailedEntryCount": int(bool(self._refused))}

    def publish(self, **message: str) -> None:
        """Keep a message."""
        self.messages.append(message)


def notice(number: int, findings: int = 1, verdict: Verdict = Verdict.FAIL) -> Notice:
    """Give a notice of a cluster with so many findings."""
    lines = tuple(FindingLine(f"check-{n}", verdict, f"summary {n}") for n in range(findings))
    return Notice("cluster-day", f"cluster-{number}", None, verdict, lines, "run-1")


def test_events_are_sent_ten_at_a_time_with_at_most_twenty_findings() -> None:
    """EventBridge refuses more entries at once, and larger events."""
    client = Client()
    AwsNotifier(client, client, bus="bus", topic="").tell("title", [notice(n, findings=25) for n in range(23)])
    assert [len(batch) for batch in client.entries] == [10, 10, 3]
    first = client.entries[0][0]
    assert (first["Source"], first["DetailType"], first["EventBusName"]) == ("dayseal", "dayseal FAIL", "bus")
    detail = json.loads(first["Detail"])
    assert (detail["version"], len(detail["findings"]), detail["leftOff"]) == ("1", 20, 5)
    assert len(first["Detail"]) < 65_536
    assert client.messages == []


def test_people_get_one_message_that_says_how_much_more_there_is() -> None:
    """Three hundred mails are read by nobody."""
    client = Client()
    AwsNotifier(client, client, bus="", topic="topic").tell("dayseal: ümlaut" * 20, [notice(n) for n in range(300)])
    (message,) = client.messages
    assert "and 260 more" in message["Message"]
    assert len(message["Subject"]) == 100
    assert message["Subject"].isascii()
    assert client.entries == []


def test_nothing_is_sent_when_all_passed() -> None:
    """Silence is for good news; the alarms listen for the absence of life signs elsewhere."""
    client = Client()
    AwsNotifier(client, client, bus="bus", topic="topic").tell("title", [])
    assert (client.entries, client.messages) == ([], [])


def test_an_event_that_the_bus_refused_is_an_error() -> None:
    """PutEvents answers 200 when it dropped something."""
    client = Client(refused="ThrottlingException")
    with pytest.raises(AccessError, match="1 of 2 refused"):
        AwsNotifier(client, client, bus="bus", topic="").tell("title", [notice(1), notice(2)])
