"""What is said to somebody who uses a verb wrongly: in both languages, with exit status 2."""

from __future__ import annotations

from typing import NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from deploy.cli.output import fail


def run(verbs: click.Group) -> NoReturn:
    """Run the verb that the command line names, and end the process with its exit status."""
    try:
        answer = verbs.main(standalone_mode=False)
    except NoArgsIsHelpError as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except click.UsageError as error:
        if error.ctx:
            click.echo(error.ctx.get_usage(), err=True)
        fail(in_vietnamese(error), error.format_message(), error.exit_code, code_of(error))
    except click.ClickException as error:
        fail("không thực hiện được", error.format_message(), error.exit_code, "not-done")
    except click.Abort:
        fail("đã dừng theo yêu cầu", "stopped as asked", code="stopped")
    raise SystemExit(answer if isinstance(answer, int) else 0)


def in_vietnamese(error: click.UsageError) -> str:
    """Return what is wrong; click itself says it in English."""
    match error:
        case click.NoSuchCommand():
            return f"không có lệnh {error.command_name!r}"
        case click.NoSuchOption():
            return f"không có tuỳ chọn {error.option_name!r}"
        case click.MissingParameter():
            return f"thiếu {_named(error)}"
        case click.BadParameter():
            return f"giá trị của {_named(error)} không dùng được{_wanted(error)}"
        case click.BadOptionUsage():
            return f"tuỳ chọn {error.option_name!r} dùng chưa đúng"
        case _:
            return "cách gọi lệnh chưa đúng; xem --help"


def code_of(error: click.UsageError) -> str:
    """Return which mistake it is, in a word that programs can rely on."""
    codes = (
        (click.NoSuchCommand, "unknown-verb"),
        (click.NoSuchOption, "unknown-option"),
        (click.MissingParameter, "missing-value"),
        (click.BadParameter, "unusable-value"),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), "wrong-usage")


def _wanted(error: click.BadParameter) -> str:
    """Return what may be given instead, where that is known."""
    match error.param.type if error.param else None:
        case click.Choice(choices=choices):
            return f"; chọn một trong: {', '.join(map(str, choices))}"
        case click.DateTime():
            return "; cần ngày có thật, dạng YYYY-MM-DD"
        case click.types.IntParamType() | click.types.FloatParamType():
            return "; cần một số trong khoảng cho phép, xem --help"
        case click.Path():
            return "; không có, hoặc không đọc được"
        case _:
            return ""


def _named(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "tham số")
    kind = "tuỳ chọn" if error.param.param_type_name == "option" else "tham số"
    return f"{kind} {error.param.get_error_hint(error.ctx)}"
