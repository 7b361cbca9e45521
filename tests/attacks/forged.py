"""Statements by keys that may not make them: submitted to the recorder, and appended by the log's own operator."""

from collections.abc import Callable
from typing import Final

import msgspec

from attacks.attack import Attack
from attacks.grounds import ATTESTORS, DAYS, LOST, PROD, STRANGER, Site
from attacks.log_operator import append_unasked
from dayseal.attest.keys import keyid_of
from dayseal.attest.predicates import Chain, SeenHead
from dayseal.ledger.layout import InboxName, attestor_prefix
from dayseal.ports import Signer
from dayseal.testing.world import seal

_Act = Callable[[Site], None]


def submit(sign: Callable[[Site], bytes], key: Signer) -> _Act:
    """Put a forged statement into the inbox of `key`; the recorder meets it when it runs next."""

    def act(site: Site) -> None:
        name = InboxName(attestor_prefix(keyid_of(key.spki)), PROD.path, _place(site).seq)
        site.inbox.create(name.key, sign(site))

    return act


def append(sign: Callable[[Site], bytes]) -> _Act:
    """Append a forged statement to the log, recorder or not."""
    return lambda site: append_unasked(site, [sign(site)])


def take_place(site: Site) -> None:
    """Take the attestor's next place in the inbox, and let it be the morning after the next day."""
    submit(without_key, ATTESTORS["eks"])(site)
    site.recorder().run()  # refuses it, and says so once
    site.next_morning()


def signed_by(key: Signer) -> Callable[[Site], bytes]:
    """Forge with `key` a revision that says once more that the newest day of prod is as promised."""

    def sign(site: Site) -> bytes:
        said = site.reader().day(PROD, DAYS[-1])[-1].predicate
        return seal(msgspec.structs.replace(said, revision=said.revision + 1, chain=_place(site)), key)

    return sign


def without_key(site: Site) -> bytes:
    """Forge the same under the name of the attestor, without having its key."""
    mine, theirs = keyid_of(STRANGER.spki), keyid_of(ATTESTORS["eks"].spki)
    return signed_by(STRANGER)(site).replace(mine.encode(), theirs.encode())


def _place(site: Site) -> Chain:
    ledger = site.reader()
    known = ledger.state().cluster(PROD)
    if known is None:
        raise LookupError("prod is enrolled on every site")
    head = ledger.tree_head
    return Chain(
        seq=known.chain.seq + 1,
        previous_envelope_sha256=known.chain.envelope_sha256,
        seen_head=SeenHead(size=head.size, root=head.root.hex()),
    )


_FORGERS: Final = (
    ("without-key", "without the attestor's key", without_key, ATTESTORS["eks"]),
    ("stranger", "with a key that nobody delegated", signed_by(STRANGER), STRANGER),
    ("scope", "with an attestor key outside its scope", signed_by(ATTESTORS["gke"]), ATTESTORS["gke"]),
    ("revoked", "with a revoked attestor key", signed_by(LOST), LOST),
)

FORGERIES: Final = (
    *(
        Attack(f"forged-{id_}", f"a statement forged {how}, submitted to the recorder", submit(sign, key))
        for id_, how, sign, key in _FORGERS
    ),
    Attack("inbox-taken", "the attestor's next place in the inbox taken by a forged statement", take_place),
    *(
        Attack(f"logged-{id_}", f"a statement forged {how}, appended by the log's operator", append(sign))
        for id_, how, sign, _ in _FORGERS
    ),
)
