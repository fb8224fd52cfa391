"""On a developer's machine scripts and styles are joined with each request (JoiningMiddleware)."""

import json
from types import SimpleNamespace

import pytest
from django.test import Client

from messagehub.lib import static


@pytest.fixture
def own_files(tmp_path, monkeypatch):
    """Serve our scripts and styles from a temporary folder."""
    monkeypatch.setattr(static, "OWN_FOLDER", tmp_path)
    monkeypatch.setattr(static.finders, "find", lambda name: existing(tmp_path / name))
    (tmp_path / "desk").mkdir()

    def write(**files):
        for name, text in files.items():
            (tmp_path / "desk" / name.replace("_", ".")).write_text(text)

    return SimpleNamespace(write=write)


def existing(path):
    return str(path) if path.is_file() else None


def test_an_edited_file_is_seen_with_the_next_request(own_files):
    client = Client()
    own_files.write(main_js='import "./row.js";\n', row_js="first();\n")
    response = client.get("/static/desk/main.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "first();" in response.text
    headers = {"If-None-Match": response["ETag"]}
    assert client.get("/static/desk/main.js", headers=headers).status_code == 304
    own_files.write(row_js="second();\n")
    again = client.get("/static/desk/main.js", headers=headers)
    assert "second();" in again.text


def test_the_source_map_is_beside_the_file(own_files):
    own_files.write(main_css="p {\n}\n")
    assert "# sourceMappingURL=main.css.map " in Client().get("/static/desk/main.css").text
    response = Client().get("/static/desk/main.css.map")
    assert json.loads(response.text)["sources"] == ["main.css"]


def test_a_mistake_is_shown_in_the_browser_and_in_the_terminal(own_files, caplog):
    own_files.write(main_js='import "./row.js";\n', main_css='@import "row.css";\n')
    error = "desk/main.js imports desk/row.js: no such file"
    assert Client().get("/static/desk/main.js").text == f"throw new SyntaxError({error!r});"
    assert error in caplog.text
    assert Client().get("/static/desk/main.css").text == ""
    assert "desk/main.css imports desk/row.css: no such file" in caplog.text


def test_other_static_files_are_served_as_they_are():
    assert Client().get("/static/icons/lucide.svg").status_code == 200
    htmx = Client().get("/static/django_htmx/htmx-4.min.js")
    assert b"".join(htmx.streaming_content).startswith(b"var htmx=")
    assert Client().get("/static/desk/none.js").status_code == 404
    assert Client().get("/static/../widget/loader.js").status_code == 400
