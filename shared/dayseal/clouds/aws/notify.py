"""Telling systems and people about verdicts: EventBridge events, and one message to an SNS topic."""

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Final

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.refusals import access_error
from dayseal.clouds.aws.session import Access
from dayseal.codec import format_day
from dayseal.errors import AccessError
from dayseal.model import Notice
from dayseal.model.notices import MAX_SUMMARY_CHARS
from dayseal.model.route import Call

SOURCE: Final = "dayseal"
_BATCH: Final = 10  # PutEvents takes no more
_LINES: Final = 40
_SUBJECT_CHARS: Final = 100  # of SNS, ASCII


class AwsNotifier:
    """Sends notices to an event bus and a topic; one that is not named is told nothing.

    An event's `source` is `dayseal`, its `detail-type` `dayseal FAIL` or `dayseal UNKNOWN`. It has at most 20
    findings, the others are counted, and a summary at most 500 characters. Notices carry no personal data.

    Format: docs/formats/events.md.
    """

    def __init__(self, events: BaseClient, topics: BaseClient, *, bus: str, topic: str) -> None:
        self._events = events
        self._topics = topics
        self._bus = bus
        self._topic = topic

    @classmethod
    def enter(cls, access: Access, *, bus: str, topic: str) -> "AwsNotifier":
        """Send with the access's own credentials; nothing is asked yet."""
        return cls(access.open_client("events"), access.open_client("sns"), bus=bus, topic=topic)

    def tell(self, title: str, notices: Sequence[Notice]) -> None:
        """Send each notice as an event, and all of them as one message under `title`; see the port."""
        if notices and self._bus:
            for batch in _batches(notices):
                self._put(batch)
        if notices and self._topic:
            self._publish(title, notices)

    def _put(self, notices: Sequence[Notice]) -> None:
        call = Call("events", "PutEvents", self._bus)
        entries = [
            {
                "EventBusName": self._bus,
                "Source": SOURCE,
                "DetailType": f"{SOURCE} {notice.verdict.text}",
                "Detail": json.dumps(notice.detail, ensure_ascii=True),
            }
            for notice in notices
        ]
        try:
            answer = self._events.put_events(Entries=entries)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, call) from exc
        failed = [entry.get("ErrorCode", "") for entry in answer["Entries"] if entry.get("ErrorCode")]
        if failed:
            raise AccessError(f"{call.text} on {self._bus}: {len(failed)} of {len(entries)} refused ({failed[0]})")

    def _publish(self, title: str, notices: Sequence[Notice]) -> None:
        lines = list(itertools.islice(itertools.chain.from_iterable(map(_lines, notices)), _LINES))
        more = sum(len(notice.findings) for notice in notices) - len(lines)
        text = "\n".join((title, "", *lines, *((f"and {more} more",) if more > 0 else ())))
        try:
            self._topics.publish(TopicArn=self._topic, Subject=_subject(title), Message=text)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, Call("sns", "Publish", self._topic)) from exc


def _batches(notices: Sequence[Notice]) -> Iterator[Sequence[Notice]]:
    return (notices[start : start + _BATCH] for start in range(0, len(notices), _BATCH))


def _lines(notice: Notice) -> Iterator[str]:
    where = notice.subject if notice.day is None else f"{notice.subject} {format_day(notice.day)}"
    for line in notice.findings:
        yield f"{line.verdict.text} {where} {line.check}: {line.summary[:MAX_SUMMARY_CHARS]}"


def _subject(title: str) -> str:
    return title.encode("ascii", "replace").decode()[:_SUBJECT_CHARS]
