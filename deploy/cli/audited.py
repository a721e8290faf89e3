"""Which stores an audit reads, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from deploy.audit.checkpoints import BadCheckpointError
from deploy.audit.proving import OutdatedCheckpointError
from deploy.audit.stores import Stores, stores_at, stores_behind
from deploy.cli.output import as_json, fail
from deploy.cli.reaching import on_a_system
from deploy.reach import FolderInUseError, NotRunningError
from shared.errors import RefusedError
from shared.persistence.database import DatabaseUnavailableError
from shared.signing import SigningKeyError

Command = TypeVar("Command", bound=Callable[..., Any])


def on_stores(command: Command) -> Command:
    """Give a verb the options that say which stores it reads."""
    database = click.option(
        "--database",
        envvar=["LIENTHONG_AUDIT_DATABASE", "LIENTHONG_AUDIT_DATABASE_FILE"],
        help="Địa chỉ PostgreSQL với vai trò kiểm toán, hoặc tệp chứa địa chỉ"
        " / a PostgreSQL address with the auditor's role, or a file with it.",
    )
    home = click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="LIENTHONG_HOME",
        help="Thư mục khoá ký, cùng với --database / the folder of the signing key, with --database.",
    )
    return on_a_system(database(home(as_json(command))))


@contextmanager
def opened_stores(
    folder: Path, embedded: Path | None, database: str | None, home: Path | None
) -> Iterator[Stores]:
    """Give the stores, or end with a clear word why not."""
    try:
        where = (
            stores_behind(_address(database), home or folder / "home")
            if database
            else stores_at(folder, embedded)
        )
        with where as stores:
            yield stores
    except NotRunningError as error:
        fail(f"không có hệ thống nào đang chạy ở {folder}", str(error))
    except FolderInUseError as error:
        fail(f"một tiến trình khác đang dùng {embedded}", str(error))
    except DatabaseUnavailableError as error:
        fail("không kết nối được cơ sở dữ liệu", f"the database is away: {error}")
    except RefusedError as error:
        said = error.details()
        fail(said["title_vi"], said["title"])
    except BadCheckpointError as error:
        fail(error.vi, str(error))
    except SigningKeyError as error:
        fail("không dùng được khoá ký", str(error))
    except OutdatedCheckpointError as error:
        fail("sổ cái không còn khớp mốc niêm phong; chạy `lienthong audit verify`", str(error))


def _address(given: str) -> str:
    path = Path(given)
    return path.read_text(encoding="utf-8").strip() if path.is_file() else given
