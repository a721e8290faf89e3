"""The configuration that an agency is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.connector.settings import SettingsError, from_file


def test_a_configuration_is_read_as_a_shell_would(tmp_path: Path) -> None:
    path = tmp_path / "agency.env"
    path.write_text(
        "# bí mật\nexport LIENTHONG_AGENCY=H47.12\nLIENTHONG_BROKER='amqps://broker/%2Flienthong?x=1'\n"
        "LIENTHONG_CA=/etc/ca.crt\n",
        encoding="utf-8",
    )

    settings = from_file(path)

    assert (settings.agency, settings.account, settings.source) == (
        "H47.12",
        "agency.H47.12",
        "/agencies/H47.12",
    )
    assert settings.broker == "amqps://broker/%2Flienthong?x=1"
    tls = settings.tls()
    assert isinstance(tls, dict)
    assert tls["ca_certs"] == "/etc/ca.crt"


@pytest.mark.parametrize(
    "text", ["", "LIENTHONG_AGENCY=H47.12", "LIENTHONG_AGENCY=H47.12\nLIENTHONG_BROKER=http://broker\n"]
)
def test_what_is_missing_or_wrong_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "agency.env"
    path.write_text(text)

    with pytest.raises(SettingsError, match="LIENTHONG_"):
        from_file(path)
    with pytest.raises(SettingsError):
        from_file(tmp_path)
