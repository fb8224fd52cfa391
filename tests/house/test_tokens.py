"""Random tokens and public keys."""

import pytest

from messagehub.lib.tokens import (
    PUBLIC_KEY_ALPHABET,
    hash_token,
    is_token,
    new_public_key,
    new_token,
)


def test_tokens_are_unique_and_valid():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(is_token(token) for token in tokens)


@pytest.mark.parametrize(
    "value", ["", "x", "a" * 42, "a" * 44, "a" * 43 + "\n", "a" * 42 + "=", "a" * 42 + "ä", "\x00"]
)
def test_invalid_tokens(value):
    assert not is_token(value)


def test_a_token_is_not_its_hash():
    token = new_token()
    assert hash_token(token) == hash_token(token) != hash_token(new_token())
    assert token not in hash_token(token)
    assert len(hash_token(token)) == 64


def test_a_public_key_has_sixteen_unambiguous_characters():
    keys = {new_public_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {16}
    assert set("".join(keys)) <= set(PUBLIC_KEY_ALPHABET)
    assert not set(PUBLIC_KEY_ALPHABET) & set("l1o0")
