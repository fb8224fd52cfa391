"""The functions with which words, names and searches are compared, both sides alike.

They use only what every PostgreSQL has: no extension. All of them ignore accents and capitals.
"""

from django.db import migrations

CREATE = r"""
-- The text search of a workspace's language.
CREATE FUNCTION search_config(language text) RETURNS regconfig
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT CASE split_part(language, '-', 1)
    WHEN 'ar' THEN 'arabic' WHEN 'da' THEN 'danish' WHEN 'de' THEN 'german'
    WHEN 'el' THEN 'greek' WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish'
    WHEN 'fi' THEN 'finnish' WHEN 'fr' THEN 'french' WHEN 'hu' THEN 'hungarian'
    WHEN 'it' THEN 'italian' WHEN 'nb' THEN 'norwegian' WHEN 'nl' THEN 'dutch'
    WHEN 'no' THEN 'norwegian' WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian'
    WHEN 'ru' THEN 'russian' WHEN 'sv' THEN 'swedish' WHEN 'tr' THEN 'turkish'
    ELSE 'simple' END::regconfig
$$;

-- Upper case first, because some lower-case letters share a capital.
CREATE FUNCTION search_fold(value text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF octet_length(value) = length(value) THEN
        RETURN lower(value);
    END IF;
    value := regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g');
    RETURN normalize(lower(upper(value)), NFC);
END $$;

-- Only words and spaces: the parts of addresses and numbers become words, which PostgreSQL's parser
-- would keep together. Languages without spaces are searched by character.
CREATE FUNCTION search_words(value text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    value := translate(value, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ');
    IF octet_length(value) = length(value) THEN
        RETURN value;
    END IF;
    value := regexp_replace(
        value,
        '[\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f]',
        ' ', 'g'
    );
    RETURN regexp_replace(
        value, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])',
        ' \1 ', 'g'
    );
END $$;

-- Every word as it is, with its place for searches in quotes, and its stem. A stem may depend on
-- accents, so words that have some are stemmed with and without them.
CREATE FUNCTION search_vector(config regconfig, body text) RETURNS tsvector
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    folded text := search_words(search_fold(body));
    vector tsvector := to_tsvector('simple', folded) || strip(to_tsvector(config, folded));
BEGIN
    IF octet_length(body) > length(body) THEN
        vector := vector || strip(to_tsvector(config, search_words(lower(normalize(body, NFKC)))));
    END IF;
    RETURN vector;
END $$;

-- Where an entry belongs, as words that no message can contain. Two ids may share a key.
CREATE FUNCTION search_keys(workspace uuid, inbox uuid, month text) RETURNS tsvector
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT array_to_tsvector(ARRAY[
    ':w' || right(workspace::text, 8), ':w' || right(workspace::text, 8) || month,
    ':i' || right(inbox::text, 8), ':i' || right(inbox::text, 8) || month
])
$$;

-- What a typed word searches for: the word, its stem, and if it is still being typed every word that
-- begins with it. A word with several parts, such as an address, searches for them in a row.
CREATE FUNCTION search_term(config regconfig, typed text, is_prefix boolean) RETURNS tsquery
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    folded text := left(search_words(search_fold(typed)), 200);
    words tsquery := phraseto_tsquery('simple', folded) || phraseto_tsquery(config, folded)
        || phraseto_tsquery(config, left(search_words(lower(normalize(typed, NFKC))), 200));
BEGIN
    -- A word that has ended has a space after it: a dot, or a language without spaces.
    IF is_prefix AND numnode(words) > 0 AND folded !~ '\s$' THEN
        words := words || (
            phraseto_tsquery('simple', coalesce(substring(folded FROM '^(.*)\s'), ''))
            && to_tsquery('simple', substring(folded FROM '\S+$') || ':*')
        );
    END IF;
    RETURN words;
END $$;

-- Words in quotes: exactly these, in a row.
CREATE FUNCTION search_phrase(typed text) RETURNS tsquery
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT phraseto_tsquery('simple', left(search_words(search_fold(typed)), 200))
$$;
"""
REMOVE = """
DROP FUNCTION search_config(text), search_fold(text), search_words(text),
    search_vector(regconfig, text), search_keys(uuid, uuid, text),
    search_term(regconfig, text, boolean), search_phrase(text);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_squashed")]

    operations = [migrations.RunSQL(CREATE, REMOVE)]
