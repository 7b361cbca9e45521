"""Writes the evidence vectors anew."""

import io
from pathlib import Path

from dayseal.evidence import build_event_proof, encode_event_proof, encode_evidence
from support.ledger_story import told_story
from support.story_parts import CLUSTER, POLICY, day, records

_HERE = Path(__file__).resolve().parent


def main() -> None:
    """Tell the story and keep what an auditor would take away."""
    story = told_story()
    reader = story.reader()
    reader.state()
    proof = build_event_proof(reader, reader.day(CLUSTER, day(0))[-1], 0, io.BytesIO(records(0)), 1, old_sizes=(5,))
    files = {
        "trust.policy": POLICY.text().encode(),
        "evidence.zip": encode_evidence(story.bundle(old_sizes=(5,))),
        "event.proof": encode_event_proof(proof),
        "checkpoint.5": story.checkpoint(5),
    }
    for name, data in files.items():
        (_HERE / name).write_bytes(data)


if __name__ == "__main__":
    main()
