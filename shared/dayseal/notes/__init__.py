"""Signed notes and what is made of them: checkpoints, cosignatures, trust policies, proof files."""

from dayseal.notes.checkpoint import OpenedCheckpoint, open_checkpoint, parse_checkpoint
from dayseal.notes.keys import (
    VerifierKey,
    cosigner_vkey,
    ecdsa_vkey,
    ed25519_vkey,
    ml_dsa_vkey,
    parse_vkey,
    vkey_of_spki,
)
from dayseal.notes.note import (
    Note,
    NoteSignature,
    OpenedNote,
    add_signatures,
    cosign_note,
    make_signature,
    open_note,
    parse_note,
    sign_note,
)
from dayseal.notes.policy import TrustPolicy, export_c2sp, parse_policy
from dayseal.notes.proof import OpenedProof, TlogProof, encode_proof, open_proof, parse_proof
from dayseal.notes.quorum import Group, Witness
from dayseal.notes.treehead import Checkpoint, parse_checkpoint_text

__all__ = [
    "Checkpoint",
    "Group",
    "Note",
    "NoteSignature",
    "OpenedCheckpoint",
    "OpenedNote",
    "OpenedProof",
    "TlogProof",
    "TrustPolicy",
    "VerifierKey",
    "Witness",
    "add_signatures",
    "cosign_note",
    "cosigner_vkey",
    "ecdsa_vkey",
    "ed25519_vkey",
    "encode_proof",
    "export_c2sp",
    "make_signature",
    "ml_dsa_vkey",
    "open_checkpoint",
    "open_note",
    "open_proof",
    "parse_checkpoint",
    "parse_checkpoint_text",
    "parse_note",
    "parse_policy",
    "parse_proof",
    "parse_vkey",
    "sign_note",
    "vkey_of_spki",
]
