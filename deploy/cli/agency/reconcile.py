"""The verb agency reconcile: the accounts that were recorded, beside those of the broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from deploy.accounts import Difference, differences, mend
from deploy.cli.agency.changing import on_a_system, reach_system
from deploy.cli.output import print_json, screen
from services.statistics.papers.numbers import number


@click.command()
@click.option("--mend", "mending", is_flag=True, help="Sửa broker cho đúng / put the broker right.")
@on_a_system
def reconcile(mending: bool, json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Đối chiếu tài khoản đã ghi với broker / hold the recorded accounts against those of the broker.

    After a restore, or when somebody changed the broker by hand. Ends with 1 as long as something differs.
    """
    with reach_system("reconcile", **where) as reach, reach.enrolment.alone():
        recorded = reach.processing.get("/v1/accounts")["accounts"]
        found = differences(reach.rabbit, recorded)
        if mending and any(one.can_be_mended for one in found):
            mend(reach.rabbit, reach.enrolment, found)
        left = differences(reach.rabbit, recorded) if mending else found
    if json_:
        print_json({"accounts": len(recorded), "differences": _as_json(found), "left": _as_json(left)})
    else:
        for one in found:
            done = " [đã sửa / mended]" if one not in left else ""
            screen.print(f"{one.agency} {one.code}{done}: {one.vi} / {one.en}", highlight=False, markup=False)
        screen.print(
            f"{number(len(recorded))} tài khoản, {number(len(left))} sai khác / accounts, differences left"
        )
    if left:
        raise SystemExit(1)


def _as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    return [asdict(one) for one in found]
