"""A day is found by its folders, whatever lies beside them."""

import datetime as dt

import pytest

from dayseal.model import DayLayout, batch_day_of_key, day_folders

DAY = dt.date(2026, 11, 22)
NAMES = {
    DayLayout.PLAIN: ("2026/11/22/", "2026/11/21/", "2025/11/22/", "2026/12/22/"),
    DayLayout.NAMED: ("y=2026/m=11/d=22/", "y=2026/m=11/d=21/", "y=2025/m=11/d=22/", "y=2026/m=12/d=22/"),
}


def walked(names: tuple[str, ...], layout: DayLayout, root: str = "") -> tuple[tuple[str, ...], list[str]]:
    """Give the folders found among objects of these names, and the prefixes that were asked."""
    asked: list[str] = []

    def folders(prefix: str) -> tuple[str, ...]:
        asked.append(prefix)
        below = {name[len(prefix) :].partition("/") for name in names if name.startswith(prefix)}
        return tuple(sorted({f"{prefix}{head}/" for head, cut, _ in below if cut}))

    return day_folders(root, DAY, folders, layout), asked


@pytest.mark.parametrize("layout", DayLayout)
def test_a_day_is_found_at_any_depth_and_other_days_are_not_looked_into(layout: DayLayout) -> None:
    """An archive holds years, and many logs."""
    names = tuple(f"a/{log}/{name}x" for log in ("b", "c/d") for name in NAMES[layout])
    found, asked = walked(names, layout, "a/")
    assert found == (f"a/b/{NAMES[layout][0]}", f"a/c/d/{NAMES[layout][0]}")
    assert not any(other in prefix for prefix in asked for other in NAMES[layout][1:])
    assert all(batch_day_of_key(f"{folder}x") == DAY for folder in found)


@pytest.mark.parametrize(
    "name", ["2026/plan/x", "20265/11/22/x", "y=26/m=11/d=22/x", "\u0662\u0660\u0662\u0666/11/22/x", "2026/1/2/x"]
)
def test_what_only_looks_like_a_date_is_walked_through(name: str) -> None:
    """No folder may hide objects by its name."""
    for layout in DayLayout:
        found, asked = walked((f"{name}/deep/y",), layout)
        assert (found, f"{name}/deep/" in asked) == ((), True)
