"""Which tool finds which attack: the whole matrix, so that a tool that grows blind shows here.

`F` refuted (exit 1), `?` cannot tell (exit 2 or 3), `n` named (exit 0), `-` not a word.
"""

import pytest

from attacks.matrix import ATTACKS, Row, render_table, run_matrix
from attacks.tools import TOOLS, Sign

LETTERS = {Sign.REFUTED: "F", Sign.OPEN: "?", Sign.NOTICED: "n", Sign.SILENT: "-"}
EXPECTED = """
                           verify since reverify fsck other gaps seal
nothing                    -      -     -        -    -     -    -
object-altered             -      -     F        -    -     -    F
object-deleted             -      -     F        -    -     -    F
object-appended            -      -     n        -    -     -    n
object-replaced            -      -     n        -    -     -    n
object-hidden              -      -     F        -    -     -    F
object-late                -      -     n        -    -     -    n
details-deleted            -      -     -        -    -     -    -
archive-expired            -      -     -        -    -     -    -
day-skipped                F      F     -        -    -     F    -
attestor-silent            F      F     -        -    -     F    -
day-removed                F      F     F        F    F     F    F
newest-not-shown           F      F     -        -    F     F    -
newest-not-claimed         -      ?     -        -    F     F    -
newest-cut                 F      F     -        -    -     -    -
newest-cut-clean           F      F     -        -    -     -    -
all-days-dropped           F      F     -        F    F     F    -
cluster-dropped            ?      ?     -        F    F     -    -
neighbour-dropped          F      F     -        F    F     -    -
reread-left-out            -      -     F        -    -     F    F
forged-without-key         -      -     -        -    -     -    F
forged-stranger            -      -     -        -    -     -    F
forged-scope               -      -     -        -    -     -    F
forged-revoked             -      -     -        -    -     -    F
inbox-taken                -      -     -        -    -     F    F
logged-without-key         F      F     -        F    F     -    -
logged-stranger            F      F     F        F    F     F    F
logged-scope               F      F     F        F    F     F    F
logged-revoked             F      F     F        F    F     F    F
ledger-rolled-back         F      F     F        F    F     F    F
checkpoint-rolled-back     F      F     -        F    F     F    -
guard-rolled-back          -      -     F        F    F     -    F
guard-deleted              -      -     F        F    F     -    F
tile-altered               F      F     F        F    F     F    F
entry-altered              F      F     F        F    F     F    F
tile-version               -      -     -        F    F     -    -
tile-hidden                -      -     -        F    F     -    -
manifest-swapped           F      F     F        F    F     -    F
manifest-swapped-in-bundle F      F     -        -    -     -    -
"""


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    """Give the matrix; the same for all tests, since nothing changes it."""
    return tuple(run_matrix())


def test_every_tool_finds_what_it_found_before(rows: tuple[Row, ...]) -> None:
    """A letter that gets worse is a regression; one that gets better belongs into the table."""
    expected = {name: signs for name, *signs in (line.split() for line in EXPECTED.splitlines()[2:])}
    assert {row.attack.id: [LETTERS[said.sign] for said in row.outcomes.values()] for row in rows} == expected
    assert all(list(row.outcomes) == list(TOOLS) for row in rows)


def test_every_attack_is_found_or_the_docs_say_why_not(rows: tuple[Row, ...]) -> None:
    """What is refuted by nobody must at least be named by somebody, and the reason be written down."""
    for row in rows:
        if not row.attack.lawful and not row.by(Sign.REFUTED):
            assert row.by(Sign.NOTICED), row.attack.id
            assert row.attack.undetected, row.attack.id


def test_no_excuse_is_written_for_what_is_found(rows: tuple[Row, ...]) -> None:
    """An excuse that is not needed any more misleads the reader."""
    assert [row.attack.id for row in rows if row.attack.undetected and row.by(Sign.REFUTED)] == []


def test_nobody_is_accused_of_what_is_lawful(rows: tuple[Row, ...]) -> None:
    """Deleting personal data and letting logs expire are duties; a tool that cries then is switched off."""
    lawful = [row for row in rows if row.attack.lawful]
    assert [row.attack.id for row in lawful] == ["nothing", "details-deleted", "archive-expired"]
    assert [row.attack.id for row in lawful if len(row.by(Sign.SILENT)) != len(TOOLS)] == []


def test_who_finds_something_says_what(rows: tuple[Row, ...]) -> None:
    """An exit code alone helps nobody at night."""
    silent = [
        (row.attack.id, tool)
        for row in rows
        for tool, said in row.outcomes.items()
        if (said.sign is Sign.SILENT) == bool(said.message)
    ]
    assert silent == []


def test_the_table_has_a_line_for_every_attack(rows: tuple[Row, ...]) -> None:
    """The docs show this table, and digests in it would differ with every release."""
    lines = render_table(rows).splitlines()
    assert len(lines) == 2 + len(ATTACKS) - 1
    assert all(line.count("|") - line.count("\\|") == 4 for line in lines)
