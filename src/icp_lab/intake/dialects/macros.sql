-- What the `derive` rules of the formats may call, over cells of text. Each statement stands by itself.

-- 15 letters of a Salesforce id to its 18: a letter for every five says which of them are capitals.
CREATE OR REPLACE MACRO id18(x) AS CASE WHEN regexp_full_match(x, '(00[0-9A-Za-z]|a0[0-9A-Za-z]|500)[0-9A-Za-z]{12}')
    THEN x || array_to_string(list_transform([0, 1, 2], lambda part: substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 +
        CAST(list_sum(list_transform([0, 1, 2, 3, 4], lambda place: CASE WHEN
            regexp_full_match(substr(x, 1 + 5 * part + place, 1), '[A-Z]') THEN 1 << place ELSE 0 END)) AS INTEGER), 1)), '')
    ELSE x END;

-- The host of an address of the web: https://www.acme.example/en becomes acme.example.
CREATE OR REPLACE MACRO host_of(x) AS nullif(regexp_extract(lower(x), '^(?:[a-z]+://)?(?:www\.)?([^/?#:]*)', 1), '');

-- A person's name as it is said: the family name first where it is written in Chinese or Japanese letters.
CREATE OR REPLACE MACRO full_name(given, family) AS nullif(CASE
    WHEN regexp_matches(concat(given, family), '[\p{Han}\p{Hiragana}\p{Katakana}]') THEN concat_ws(' ', family, given)
    ELSE concat_ws(' ', given, family) END, '');

CREATE OR REPLACE MACRO said_yes(x) AS coalesce(lower(x) IN ('true', 'yes', '1', 'はい'), false);
CREATE OR REPLACE MACRO said_no(x) AS coalesce(lower(x) IN ('false', 'no', '0', 'いいえ'), false);
