-- How cells of text become values, as macros of DuckDB: numbers, dates, yes/no, lists. What does not convert is NULL.
--
-- fast_* take what clean files hold and cost next to nothing; slow_* take what people and older programs write, and are
-- asked only for what is left. A macro with `_form` in its name tells how a cell is written, so that a whole column
-- can be decided. Sources: how spreadsheets, CRMs and accounting programs of Japan, the US and Europe write, as seen in
-- their exports; the eras are those of the Japanese calendar (Reiwa from 2019-05-01). Word lists may grow here.

-- Nothing is fetched: DuckDB would ask its makers' server for an extension that it lacks.
SET autoinstall_known_extensions = false;

-- What is cut off around a cell: blanks of all widths; a cell of nothing else is empty.
CREATE MACRO cut(x) AS nullif(trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(12288) || chr(160)), '');
-- Ranges, since DuckDB knows the least and the greatest text of many rows without a look at them.
CREATE MACRO begins_blank(x) AS x < '!' OR x BETWEEN chr(160) AND chr(161) OR x BETWEEN chr(12288) AND chr(12289);
CREATE MACRO ends_blank(x) AS x[-1] IN (' ', chr(9), chr(10), chr(13), chr(12288), chr(160));

-- Full-width signs become plain ones, all minus signs one, all waves one; spaces between groups of digits go.
CREATE MACRO narrow(x) AS
  regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    translate(lower(x),
      '０１２３４５６７８９，．－−‐–—ー△▲＋％（）＄￥¥〜～＜＞≦≧≤≥／：　' || chr(160) || chr(8239) || chr(8201) || '''’',
      '0123456789,.--------+%()$\\~~<><><>/: '),
    '([0-9]) ([0-9]{3})', '\1\2', 'g'), '([0-9]) ([0-9]{3})', '\1\2', 'g'),
    '([^0-9]) +', '\1', 'g'), ' +([^0-9])', '\1', 'g');

-- Numbers ------------------------------------------------------------------------------------------------------------
-- nan, inf and 1_000 are no numbers.
CREATE MACRO fast_number(x) AS
  CASE WHEN isfinite(TRY_CAST(x AS DOUBLE)) AND NOT contains(x, '_') THEN TRY_CAST(x AS DOUBLE) END;

-- What most programs write around a number costs one look; 12,19,417 is how India writes 1,219,417.
CREATE MACRO grouped_number(x) AS
  CASE WHEN regexp_full_match(x, '[-+]?[¥￥$€£₹\\]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}|[0-9]+)(\.[0-9]+)?円?')
    THEN TRY_CAST(regexp_replace(x, '[^0-9.+-]', '', 'g') AS DOUBLE) END;

-- 1,234,567.5 or, where the column writes so, 1.234.567,5.
CREATE MACRO digits(d, comma) AS CASE
  WHEN d = '' THEN 0
  WHEN comma AND regexp_full_match(d, '([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)?(,[0-9]*)?')
    THEN TRY_CAST(replace(replace(d, '.', ''), ',', '.') AS DOUBLE)
  WHEN NOT comma AND regexp_full_match(d, '([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.[0-9]*)?')
    THEN TRY_CAST(replace(d, ',', '') AS DOUBLE) END;

CREATE MACRO unit(u) AS CASE
  WHEN u = '' THEN 1 WHEN u IN ('%', 'percent', 'パーセント') THEN 0.01
  WHEN u IN ('千', 'k', 'thousand') THEN 1e3 WHEN u = '百万' THEN 1e6 WHEN u = '千万' THEN 1e7
  WHEN u IN ('m', 'mn', 'mm', 'mio', 'mio.', 'million') THEN 1e6 WHEN u = '百億' THEN 1e10 WHEN u = '千億' THEN 1e11
  ELSE 1e9 END;

-- The sign and the currency are taken off; △5, (5), -5 and 5- are negative.
CREATE MACRO bare(s) AS regexp_replace(regexp_replace(s,
  '^([-+(]?)(?:us\$|\$|\\|€|£|₩|jpy|usd|eur|gbp|chf)', '\1'), '(?:円|ドル|ユーロ|\$|€|£|₩|jpy|usd|eur|gbp|chf|yen)(\)?)$', '\1');
CREATE MACRO is_negative(b) AS regexp_full_match(b, '\(.+\)|-[^-]+|[0-9.,]+-');

-- An amount without a sign: 1,234 / 3.5m / 120百万 / 1億2,000万 / 3万5千 / 99名.
CREATE MACRO summed(p, comma) AS list_transform([list_transform([p.t, p.o, p.m, p.r], lambda d: digits(d, comma))],
  lambda v: CASE WHEN regexp_matches(p.t || p.o || p.m || p.r, '[0-9]')
    THEN v[1] * 1e12 + v[2] * 1e8 + v[3] * 1e4 + v[4] * unit(p.u) END)[1];
CREATE MACRO size(t, comma) AS summed(regexp_extract(t,
  '^(?:([0-9.,]+)兆)?(?:([0-9.,]+)億)?(?:([0-9.,]+)万)?([0-9.,]*)(%|percent|パーセント|千億|百億|十億|千万|百万|千|k|thousand|mn|mm|mio\.?|million|m|billion|bn|b|mrd\.?)?(?:円|名|人|社|件|台|個|本|枚|箱|回|年|歳|点|店舗|拠点|people|persons?|employees?|staff|users?|seats?|units?|pieces|pcs|times)?$',
  ['t', 'o', 'm', 'r', 'u']), comma);

-- 1,000+, 100名以上, <10 and 10人未満 are their bound; 約100 is 100.
CREATE MACRO without_bound(s) AS regexp_extract(s,
  '^(?:>=?|<=?|over|more ?than|at ?least|under|less ?than|up ?to|~|約|およそ|about|approx\.?|ca\.|\+)?(.*?[^+~])(?:(?:\+|~|以上|以下|未満|超|以内|程度|前後|or ?more|and ?more|or ?over|and ?over|or ?less)(?:人|名|社|people|employees)?)?$', 1);
-- 50~99名 is the geometric middle of its bounds; a unit behind the second bound holds for both where the first has none.
CREATE MACRO bounds(s) AS regexp_extract(s, '^([0-9\\$€£][^~-]*?)(?:[~-]|to|から|至)([0-9\\$€£].*)$', ['a', 'b']);
CREATE MACRO middle(a, b) AS
  CASE WHEN a = 0 THEN round(b / 2) WHEN a <= b AND b < 2 THEN sqrt(a * b) WHEN a <= b THEN round(sqrt(a * b)) END;

-- What a cell says, as the sizes to read: one, or both bounds of a range, the first with and without the second's unit.
CREATE MACRO sizes(s) AS CASE
  WHEN is_negative(bare(s)) THEN [bare(regexp_replace(bare(s), '^[-(]|[-)]$', '', 'g'))]
  WHEN bounds(s).a <> '' THEN list_transform([bounds(s)],
    lambda p: [bare(p.a) || regexp_extract(bare(p.b), '[^0-9.,]*$'), bare(p.b), bare(p.a)])[1]
  ELSE [bare(without_bound(s))] END;
CREATE MACRO slow_number(x, comma) AS list_transform([narrow(x)], lambda s:
  list_transform([list_transform(sizes(s), lambda t: size(t, comma))], lambda v: CASE
    WHEN len(v) = 3 THEN coalesce(middle(v[1], v[2]), middle(v[3], v[2]))
    WHEN is_negative(bare(s)) THEN -v[1] ELSE v[1] END)[1])[1];
CREATE MACRO as_number(x) AS coalesce(fast_number(x), grouped_number(x), slow_number(x, false));

-- A band of sizes as its ends, from the first to below the second: 20-99 employees is 20 and 100, 500+ has no end. The
-- number that a statistical office puts before the band ("02: <5 employees") is not of it.
CREATE MACRO band(x) AS list_transform([regexp_replace(narrow(x), '^[0-9]{1,2}: *', '')], lambda s:
  list_transform([{'a': size(bounds(s).a, false), 'b': size(bounds(s).b, false), 'n': size(without_bound(s), false)}], lambda p:
    CASE WHEN p.a <= p.b THEN {'min': p.a, 'max': p.b + 1}
      WHEN regexp_matches(s, '^(<|under|less ?than|fewer ?than)|未満$') THEN {'min': 0, 'max': p.n}
      WHEN regexp_matches(s, '^up ?to|以下|以内|or ?less') THEN {'min': 0, 'max': p.n + 1}
      WHEN regexp_matches(s, '^(>|over|more ?than|at ?least)|[+]|以上|超|~$|(or|and) ?(more|over)')
        THEN {'min': p.n, 'max': CAST('infinity' AS DOUBLE)} END)[1])[1];

-- How a number is written.
CREATE MACRO comma_form(x) AS regexp_matches(x, '^[^,]*[0-9],([0-9]{1,2}|[0-9]{4,})([^0-9,.]|$)|\.[0-9]{3},[0-9]|\.[0-9]{3}\.[0-9]{3}');
CREATE MACRO point_form(x) AS regexp_matches(x, '^[^.]*[0-9]\.([0-9]{1,2}|[0-9]{4,})([^0-9,.]|$)|,[0-9]{3}\.|,[0-9]{3},[0-9]{3}');
CREATE MACRO range_form(x) AS list_transform([narrow(x)], lambda s: NOT is_negative(bare(s)) AND (
  bounds(s).a <> '' OR regexp_matches(s, '^[<>~約お]|^(over|more|at|under|less|up|about|approx|ca)|[+~]|以|未満|超|程度|前後|ormore|andmore|orover|andover|orless')))[1];
CREATE MACRO unit_form(x) AS regexp_matches(lower(x), '[0-9０-９] ?(千|万|百|十億|億|兆|k|thousand|m|b|%|％|パーセント|percent)');
CREATE MACRO worded_form(x) AS unit_form(x) OR regexp_matches(x, '[(（△▲]|[0-9]-$');
CREATE MACRO counted(x, test) AS {'n': count(*) FILTER (WHERE test), 'example': min(x) FILTER (WHERE test)};
CREATE MACRO number_marks(x) AS {'comma': count(*) FILTER (WHERE comma_form(x)),
  'point': count(*) FILTER (WHERE point_form(x)), 'dots': count(*) FILTER (WHERE contains(x, '.'))};
CREATE MACRO read_slowly(x, comma) AS CASE WHEN fast_number(x) IS NULL AND grouped_number(x) IS NULL
  THEN slow_number(x, comma) IS NOT NULL ELSE false END;
CREATE MACRO number_notes(x, comma) AS {
  'decimal_comma': counted(x, comma AND regexp_matches(x, '[.,]')),
  'ranges': counted(x, CASE WHEN read_slowly(x, comma) THEN range_form(x) END),
  'number_words': counted(x, CASE WHEN read_slowly(x, comma) THEN worded_form(x) AND NOT range_form(x) END)};

-- Dates --------------------------------------------------------------------------------------------------------------
-- The day as it is written, whatever time and zone follow.
CREATE MACRO fast_date(x) AS
  CASE WHEN TRY_CAST(x AS DATE) BETWEEN DATE '1000-01-01' AND DATE '9999-12-31' AND x[5] IN ('-', '/')
    THEN TRY_CAST(x AS DATE) END;

CREATE MACRO usual_date(x) AS coalesce(fast_date(x), CASE WHEN regexp_full_match(x, '[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日')
  THEN TRY_CAST(rtrim(translate(x, '年月', '--'), '日') AS DATE) END);

CREATE MACRO day(y, m, d) AS CASE WHEN y <> '' THEN TRY_CAST(y || '-' || m || '-' || d AS DATE) END;
CREATE MACRO whole_year(y) AS
  CASE WHEN length(y) = 4 THEN y WHEN length(y) = 2 THEN CASE WHEN y >= '70' THEN '19' ELSE '20' END || y END;

-- Weekdays, ordinals and times of day go.
CREATE MACRO plain_date(x) AS regexp_replace(regexp_replace(regexp_replace(regexp_replace(
  translate(lower(x), '０１２３４５６７８９／．－（）：　，', '0123456789/.-(): ,'),
  '[(][月火水木金土日](曜日?)?[)]|^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]? +', ' '),
  '([0-9])(st|nd|rd|th)\b', '\1'), '\bsept\b\.?', 'sep'),
  '[ t]+([01]?[0-9]|2[0-4])[:時]([0-5][0-9])([:分]([0-5][0-9])?)?(\.[0-9]+)?秒?( ?[ap]\.?m\.?)?( ?(z|utc|gmt|jst|[-+][0-9]{2}:?[0-9]{2}))?$| +$', '');

CREATE MACRO western_day(p) AS day(p.y, p.m, p.d);
CREATE MACRO month_day(p) AS day(p.y, p.m, '1');
-- 元 is the first year of an era.
CREATE MACRO era_day(p) AS CASE WHEN p.e <> '' THEN day(
  CAST(CASE WHEN p.y = '元' THEN 1 ELSE CAST(p.y AS INTEGER) END + CASE p.e[1]
    WHEN '令' THEN 2018 WHEN '㋿' THEN 2018 WHEN 'r' THEN 2018 WHEN '平' THEN 1988 WHEN 'h' THEN 1988 WHEN '昭' THEN 1925
    WHEN 's' THEN 1925 WHEN '大' THEN 1911 WHEN 't' THEN 1911 ELSE 1867 END AS VARCHAR),
  p.m, CASE WHEN p.d = '' THEN '1' ELSE p.d END) END;
-- The first day of a fiscal year, half or quarter; a fiscal year is called after the year in which it begins.
CREATE MACRO fiscal_day(p, starts) AS CASE WHEN p.y <> '' THEN CAST(
  make_date(CAST(whole_year(p.y) AS INTEGER), starts, 1) + to_months(CAST(CASE
    WHEN p.q <> '' THEN 3 * (CAST(p.q AS INTEGER) - 1) WHEN p.h IN ('下期', 'h2') THEN 6 ELSE 0 END AS INTEGER)) AS DATE) END;
CREATE MACRO fiscal_date(s, starts) AS CASE WHEN regexp_matches(s, 'fy|q|年度|四半期|期|h[12]') THEN coalesce(
  fiscal_day(regexp_extract(s, '^(?:fy ?)?([0-9]{4}|[0-9]{2})(?:年度?)?[-/ ]?(?:第?(?:q ?)?([1-4])(?:q|四半期)?)?(上期|下期|h1|h2)?$',
    ['y', 'q', 'h']), starts),
  fiscal_day(regexp_extract(s, '^(?:q([1-4])|([1-4])q)[-/ ]*(?:fy ?)?([0-9]{4})(x?)$', ['q', 'r', 'y', 'h']), starts)) END;

CREATE MACRO known_date(s) AS coalesce(
  western_day(regexp_extract(s, '^([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2})日?$', ['y', 'm', 'd'])),
  CASE WHEN regexp_full_match(s, '[0-9]{8}') THEN CAST(try_strptime(s, '%Y%m%d') AS DATE) END,
  month_day(regexp_extract(s, '^([0-9]{4}) ?[-/.年] ?([0-9]{1,2})(?:月度?)?$', ['y', 'm'])),
  month_day(regexp_extract(s, '^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])$', ['y', 'm'])),
  era_day(regexp_extract(s, '^(令和|平成|昭和|大正|明治|㋿|[rhstm])\.? ?([0-9]{1,2}|元)[-/.年] ?([0-9]{1,2})(?:[-/.月] ?([0-9]{1,2})日?|月)?$',
    ['e', 'y', 'm', 'd'])),
  CASE WHEN regexp_matches(s, '[a-z]{3}') AND regexp_matches(s, '[0-9]') THEN CAST(try_strptime(s, ['%d-%b-%y', '%d %b %y', '%b %d, %Y', '%B %d, %Y',
    '%b %d %Y', '%B %d %Y', '%d %b %Y', '%d %B %Y', '%d. %b %Y', '%d. %B %Y', '%d-%b-%Y', '%d-%B-%Y', '%d/%b/%Y',
    '%Y-%b-%d', '%b %Y', '%B %Y', '%b-%Y']) AS DATE) END);

-- 1/2/2024 and 24/1/2 mean what the column says.
CREATE MACRO three(s) AS regexp_extract(s, '^([0-9]{1,2})[-/.] ?([0-9]{1,2})[-/.] ?([0-9]{4}|[0-9]{1,2})$', ['a', 'b', 'c']);
CREATE MACRO ordered_day(p, ord) AS CASE ord
  WHEN 'dmy' THEN day(whole_year(p.c), p.b, p.a) WHEN 'mdy' THEN day(whole_year(p.c), p.a, p.b)
  WHEN 'ymd' THEN CASE WHEN length(p.a) = 2 AND length(p.c) <= 2 THEN day(whole_year(p.a), p.b, p.c) END END;
CREATE MACRO slow_date(x, ord, starts) AS list_transform([plain_date(x)], lambda s:
  coalesce(known_date(s), ordered_day(three(s), ord), fiscal_date(s, starts)))[1];
CREATE MACRO as_date(x) AS coalesce(usual_date(x), slow_date(x, '', 1));
-- 45383 is 2024-04-01 where every cell of the column is such a number.
CREATE MACRO serial_form(x) AS regexp_full_match(x, '[2-5][0-9]{4}(\.[0-9]+)?');
CREATE MACRO serial_date(x) AS CASE WHEN serial_form(x) THEN DATE '1899-12-30' + CAST(floor(CAST(x AS DOUBLE)) AS INTEGER) END;

-- How a date is written.
CREATE MACRO three_form(x) AS
  CASE WHEN regexp_matches(x, '[0-9０-９][-/.／．]') AND usual_date(x) IS NULL THEN three(plain_date(x)).a <> '' ELSE false END;
CREATE MACRO fits(x, ord) AS CASE WHEN three_form(x) THEN ordered_day(three(plain_date(x)), ord) IS NOT NULL ELSE false END;
CREATE MACRO fiscal_form(x) AS CASE WHEN usual_date(x) IS NULL AND regexp_matches(lower(x), 'fy|q|年度|期|h[12]')
  THEN fiscal_date(plain_date(x), 1) IS NOT NULL ELSE false END;
CREATE MACRO date_notes(x) AS {'filled': count(x), 'serials': counted(x, serial_form(x)),
  'fiscal': counted(x, fiscal_form(x)), 'date_order': counted(x, three_form(x)),
  'fitting': {'dmy': count(*) FILTER (WHERE fits(x, 'dmy')),
    'mdy': count(*) FILTER (WHERE fits(x, 'mdy')),
    'ymd': count(*) FILTER (WHERE fits(x, 'ymd'))}};

-- Yes and no -----------------------------------------------------------------------------------------------------------
CREATE MACRO word_flag(x) AS CASE
  WHEN lower(x) IN ('true', 'yes', 'y', 't', 'on', 'はい', '有', 'あり', '有り', '○', '〇', '◯', '✓', '✔') THEN true
  WHEN lower(x) IN ('false', 'no', 'n', 'f', 'off', 'いいえ', '無', 'なし', '無し', '×', '✕', '✗') THEN false END;
CREATE MACRO as_flag(x) AS coalesce(word_flag(x), CASE WHEN x IN ('1', '１') THEN true WHEN x IN ('0', '０') THEN false END);

-- What nobody declared --------------------------------------------------------------------------------------------------
-- It is what holds for every filled cell; 00123 is a code. A number has no range and no word of English beside it, and
-- of a date the year is written out.
CREATE MACRO all_of(x, test) AS bool_and(test) FILTER (WHERE x IS NOT NULL);
CREATE MACRO code_form(x) AS CASE WHEN left(x, 1) IN ('0', '-', '+') THEN regexp_matches(x, '^[-+]?0[0-9]') ELSE false END;
CREATE MACRO holds_flag(x) AS all_of(x, word_flag(x) IS NOT NULL) OR (all_of(x, x IN ('0', '1')) AND min(x) < max(x));
CREATE MACRO holds_number(x) AS all_of(x, fast_number(x) IS NOT NULL AND NOT code_form(x));
CREATE MACRO holds_date(x) AS all_of(x, fast_date(x) IS NOT NULL);
CREATE MACRO clean_kind(x) AS CASE WHEN count(x) = 0 THEN 'text' WHEN holds_flag(x) THEN 'flag'
  WHEN holds_number(x) THEN 'number' WHEN holds_date(x) THEN 'date' END;
CREATE MACRO undeclared_number(x) AS NOT code_form(x) AND (coalesce(fast_number(x), grouped_number(x)) IS NOT NULL
  OR (slow_number(x, false) IS NOT NULL AND NOT regexp_matches(narrow(x), '[a-z~+<>名人以未約]|.-')));
CREATE MACRO undeclared_date(x, ord) AS as_date(x) IS NOT NULL OR (fits(x, ord) AND regexp_matches(x, '[0-9]{4}'));
CREATE MACRO written_kind(x) AS CASE WHEN count(x) = 0 THEN 'text'
  WHEN all_of(x, undeclared_number(x)) THEN 'number'
  WHEN all_of(x, undeclared_date(x, 'dmy')) OR all_of(x, undeclared_date(x, 'mdy')) THEN 'date' END;

-- Lists ----------------------------------------------------------------------------------------------------------------
CREATE MACRO split_list(x) AS CASE
  WHEN x LIKE '[%]' THEN TRY_CAST(TRY_CAST(x AS JSON) AS VARCHAR[])
  WHEN regexp_matches(x, '[;；]') THEN string_split_regex(x, '[;；]')
  WHEN regexp_matches(x, '[|｜]') THEN string_split_regex(x, '[|｜]')
  WHEN contains(x, chr(10)) THEN string_split_regex(x, '[\r\n]+')
  ELSE string_split_regex(x, '[,、，]') END;
CREATE MACRO as_list(x) AS nullif(list_filter(list_transform(split_list(x),
  lambda i: cut(i)), lambda i: i IS NOT NULL), []);

-- Rows and cells that are not what they seem ---------------------------------------------------------------------------
-- A row that holds one text, ends with a number behind it, and is not full.
CREATE MACRO is_total(cells) AS list_transform([list_filter(cells, lambda c: trim(c) <> '')], lambda f:
  len(f) BETWEEN 2 AND len(cells) - 1 AND as_number(f[-1]) IS NOT NULL AND len(list_filter(f, lambda c: as_number(c) IS NULL)) = 1)[1];
-- Question marks inside a short text, or the replacement sign: letters that an earlier export could not write.
CREATE MACRO lost_letters(x) AS (contains(x, '?') OR contains(x, chr(65533))) AND length(x) <= 100
  AND NOT contains(x, '://') AND regexp_matches(x, '^\?{2,}$|[^ ?]\?+[^ ?"'')\].,!。、」]|^\?+[^ ?]|\x{fffd}');
