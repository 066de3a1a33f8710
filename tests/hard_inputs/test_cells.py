"""Families B, C and I: what the cells of a column hold, and its dtype."""

import datetime
import enum
import uuid
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tabgan.schema import infer_schema

NA_KINDS = (None, np.nan, pd.NA, pd.NaT)


def arrow(kind, cells):
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array(cells, kind)])))


def moments(start, unit, step):
    counts = np.random.default_rng(5).permutation(300) * step
    return pd.Series(np.datetime64(start, unit) + counts.astype(f"m8[{unit}]"))


def in_zone(zone, start="2020-01-01", freq="29h"):
    return pd.Series(pd.date_range(start, periods=300, freq=freq, tz="UTC").tz_convert(zone))


def periods(freq):
    return pd.Series(pd.period_range("2020", periods=300, freq=freq))


def many_levels(n_levels, ordered=False):
    levels = [f"level {i}" for i in range(n_levels)]
    drawn = np.random.default_rng(6).choice(levels[:3], 300)
    return pd.Series(pd.Categorical(drawn, categories=levels, ordered=ordered))


def identifiers(h, n_rows, as_category=False):
    table = h.base(n_rows).assign(c=[f"key-{i * 7919 % 100_000:05d}" for i in range(n_rows)])
    if as_category:
        table["c"] = table["c"].astype("category")
        return h.learn(table, h.all_missing, seconds=1.0) + "; in less than a second"
    return h.learn(table, h.anew, seconds=1.0) + "; in less than a second"


def all_integers(before, same, sample):
    assert {type(value) for value in sample} == {int}
    return "written anew as integers"


def shaped(shape):
    """All texts of a column and of a sample are of this shape, and no two of the sample alike."""

    def fact(before, same, sample):
        assert before.str.fullmatch(shape).all()
        assert sample.str.fullmatch(shape).all()
        assert sample.is_unique
        return f"written anew as {shape}"

    return fact


def decimals(h):
    return pd.Series([Decimal(f"{v:.2f}") for v in 100 * np.exp(h.normal())], dtype=object)


def dates_of(*fields):
    return datetime.datetime(*fields), datetime.timedelta


class Size(enum.StrEnum):
    SMALL = "s"
    LARGE = "l"


def far(unknown, dtype):
    return pd.Series([18 + n % 15 if n % 6 else unknown for n in range(300)], dtype=dtype)


def neighbours():
    return pd.Series(2.0**53 + 2.0 * np.arange(300))


def objects(cells):
    column = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells):
        column[i] = cell
    return pd.Series(column, dtype=object)


def several(h):
    table = h.base().assign(
        lists=h.cells([1]), fractions=h.cells(Fraction(1, 3)), waves=h.normal() + 1j
    )
    return h.learn(table.assign(far=np.where(h.normal() > 1, np.inf, 0.5)))


def spike(h):
    amounts = np.where(h.normal() > 0, 0.0, np.exp(h.normal()))
    return h.column(amounts, lambda b, s, d: zeros(b, s, d))


def zeros(before, same, sample):
    assert abs((sample == 0).mean() - (before == 0).mean()) < 0.06
    return "exact zeros keep their share"


def bulk(before, same, sample):
    assert sample.abs().median() < 2 * before.abs().median()
    return "the bulk keeps its scale"


def sign(before, same, sample):
    assert (sample > 0).all()
    return "no negative values"


def two_decimals(before, same, sample):
    assert (sample.round(2) == sample).all()
    return "two decimals"


def places(before, same, sample):
    assert {cell.as_tuple().exponent for cell in sample.dropna()} == {-2}
    assert _equal(same, before) > 0.9
    return "Decimal objects with two places"


def _equal(same, before):
    return np.mean([a == b for a, b in zip(same.dropna(), before.dropna(), strict=True)])


def mostly_exact(before, same, sample):
    assert _equal(same, before) > 0.9
    assert before.dropna().min() <= min(sample.dropna())
    assert max(sample.dropna()) <= before.dropna().max()
    return "in range, inner cells exact"


def rewritten(before, same, sample):
    """Texts in one format, which is the one that they all are read in."""
    tables = (column.drop_duplicates().to_frame("c") for column in (before, sample))
    was, now = (infer_schema(table)["c"] for table in tables)
    written = was.date_format or was.number_format
    assert written is not None
    assert (now.date_format or now.number_format) == written
    assert _equal(same, before) > 0.9
    return f"inner cells exact, all written {written}"


def midnights(before, same, sample):
    assert all(day == day.normalize() for day in sample)
    return "midnights as all of them are"


def odd(before, same, sample):
    assert {cell % 2 for cell in sample} == {1}
    assert all(before.min() <= cell <= before.max() for cell in sample)
    return "in range, odd as all of them are"


def constant(h):
    values = {
        "truth": True,
        "small": np.int8(7),
        "real": 0.1,
        "tiny": 1e-300,
        "text": "Zanzibar",
        "nothing": "",
        "day": pd.Timestamp("2020-01-01"),
        "zone": pd.Timestamp("2020-01-01", tz="Asia/Tokyo"),
        "span": pd.Timedelta("1D"),
        "month": pd.Period("2020-01", "M"),
        "date": datetime.date(2020, 1, 1),
        "time": datetime.time(8, 30),
        "money": Decimal("1.50"),
        "bytes": b"x",
        "wide": 2**70,
        "pair": h.cells((1, 2)),
    }
    return h.learn(h.base().assign(**values), h.exact)


def empty_of_every_dtype(h):
    kinds = "object float32 Float64 Int64 boolean string category datetime64[ns] timedelta64[s]"
    kinds += " double[pyarrow] int64[pyarrow] bool[pyarrow] period[M]"
    columns = {kind: pd.Series([None] * 300, dtype=kind) for kind in kinds.split()}
    columns["zone"] = pd.Series([None] * 300, dtype="datetime64[us, UTC]")
    columns["date"] = pd.Series([None] * 300, dtype=pd.ArrowDtype(pa.date32()))
    return h.learn(h.base().assign(**columns), h.all_missing)


CASES = {
    "B01": ("all cells NaN", lambda h: h.column(np.full(300, np.nan), h.all_missing)),
    "B05": ("numbers of 1e300", lambda h: h.column(1e300 * h.normal(), h.scale)),
    "B06": ("numbers of 1e-300", lambda h: h.column(1e-300 * h.normal(), h.scale)),
    "B07": ("numbers of 1e-6", lambda h: h.column(1e-6 * h.normal(), h.scale)),
    "B08b": (
        "odd integers above 2**53",
        lambda h: h.column(2**53 + 1 + 2 * h.ints(0, 2_000), odd),
    ),
    "B09": (
        "uint64 up to 2**64 - 1",
        lambda h: h.column(np.uint64(2**64 - 1) - h.ints(0, 900).astype("u8"), h.counted),
    ),
    "B10": (
        "one number in ten missing",
        lambda h: h.column(h.gaps(h.normal()), h.scale) + ", share of missing within 3 points",
    ),
    "B12": (
        "one category in ten missing",
        lambda h: (
            h.column(h.gaps(h.cells("u", "v")), h.exact) + ", share of missing within 3 points"
        ),
    ),
    "B13": (
        "None, NaN, NA, NaT and a text",
        lambda h: h.column(h.cells(*NA_KINDS, "a"), h.exact) + "; one kind of missing",
    ),
    "B14": ("positive with a heavy tail", lambda h: h.column(np.exp(2 * h.normal()), sign)),
    "B15": (
        "one number of 1e12 among those of 1",
        lambda h: h.column(np.append(h.normal()[1:], 1e12), bulk),
    ),
    "B16": ("a constant text", lambda h: h.column("X", h.exact)),
    "B17": ("10,000 rows of 10,000 texts", lambda h: identifiers(h, 10_000)),
    "B18": (
        "a category seen once",
        lambda h: h.column(["Once", *h.cells("u", "v")[1:]], h.released),
    ),
    "B19": (
        "Japanese, emoji, composed and decomposed letters",
        lambda h: h.column(h.cells("日本", "Ñandú", "😀", "e\u0301", "\u00e9"), h.exact),
    ),
    "B20": ("blanks and capitals", lambda h: h.column(h.cells("a", " a", "a ", "A"), h.exact)),
    "B21": ("empty text beside NaN", lambda h: h.column(h.cells("", np.nan, "a"), h.exact)),
    "B22": ('1, "1", 2.0, None, True', lambda h: h.column(h.cells(1, "1", 2.0, None, True))),
    "B23": ("lists", lambda h: h.column(h.cells([1, 2], [3]))),
    "B24": ("dictionaries", lambda h: h.column(h.cells({"a": 1}))),
    "B26": ("complex numbers", lambda h: h.column(h.normal() + 1j)),
    "B27": ("booleans", lambda h: h.column(h.normal() > 0.5, h.exact)),
    "B29": (
        "numbers written as text",
        lambda h: h.column([f"{n}.5" for n in h.ints(0, 9)], h.exact),
    ),
    "B30": ("text", lambda h: h.learn(h.base()[["amt", "age", "city"]], h.exact)),
    "B31": (
        "integers called categorical",
        lambda h: h.column(h.ints(1, 6), h.exact, kind="categorical"),
    ),
    "B33": ("bytes", lambda h: h.column(h.cells(b"x", b"\xff"), h.exact)),
    "B34": ("intervals", lambda h: h.column(pd.cut(pd.Series(h.normal()), 4), h.exact)),
    "B35": (
        "a text of a million characters",
        lambda h: h.column(["x" * 1_000_000] * 30 + ["y"] * 270, h.exact),
    ),
    "B36": (
        "formulas, line breaks, zero bytes, quotes",
        lambda h: h.column(h.cells("=cmd|calc!A1", "a\nb", "a\x00b", '"'), h.exact),
    ),
    "B37": ("int8 near 127", lambda h: h.column(h.ints(110, 128).astype("i1"), h.counted)),
    "B38": ("uint8 near 0", lambda h: h.column(h.ints(0, 20).astype("u1"), h.counted)),
    "B39": (
        "two decimals",
        lambda h: h.column(np.exp(h.normal() + 3).round(2), two_decimals),
    ),
    "B41": ("half of the amounts exact zeros", spike),
    "B42": ("Fraction objects", lambda h: h.column([Fraction(int(n), 7) for n in h.ints(1, 999)])),
    "C01": ("Int64", lambda h: h.column(pd.Series(h.ints(0, 90), dtype="Int64"), h.counted)),
    "C02": (
        "Int64 with NA",
        lambda h: h.column(h.gaps(pd.Series(h.ints(0, 90), dtype="Int64")), h.counted),
    ),
    "C03": ("boolean", lambda h: h.column(pd.Series(h.normal() > 0, dtype="boolean"), h.exact)),
    "C04": (
        "boolean with NA",
        lambda h: h.column(h.gaps(pd.Series(h.normal() > 0, dtype="boolean")), h.exact),
    ),
    "C05": (
        "string[pyarrow]",
        lambda h: h.column(h.base()["city"].astype("string[pyarrow]"), h.exact),
    ),
    "C06": ("string", lambda h: h.column(h.base()["city"].astype("string"), h.exact)),
    "C07": ("category", lambda h: h.column(h.base()["city"].astype("category"), h.exact)),
    "C09": (
        "a category with an unused level",
        lambda h: h.column(pd.Categorical(h.cells("u", "v"), ["u", "v", "unused"]), h.exact),
    ),
    "C10": (
        "datetime64[ns]",
        lambda h: h.column(moments("2020-01-01", "ns", 86_400 * 10**9), mostly_exact),
    ),
    "C11": ("dates with a zone", lambda h: h.column(in_zone("Europe/Berlin"), mostly_exact)),
    "C13": (
        "durations",
        lambda h: h.column(pd.to_timedelta(h.ints(0, 900), unit="D"), mostly_exact),
    ),
    "C14": ("periods of months", lambda h: h.column(periods("M"), mostly_exact)),
    "C15": ("float16", lambda h: h.column(h.normal().astype("f2"), h.in_range)),
    "C17": (
        "a sparse array",
        lambda h: h.column(
            pd.arrays.SparseArray(np.where(h.normal() > 0, 0.0, h.normal().round(2))), h.in_range
        ),
    ),
    "C18": (
        "double[pyarrow]",
        lambda h: h.column(pd.Series(h.normal(), dtype="double[pyarrow]"), h.scale),
    ),
    "C19": (
        "int64[pyarrow]",
        lambda h: h.column(pd.Series(h.ints(0, 90), dtype="int64[pyarrow]"), h.counted),
    ),
    "C20": (
        "dictionary[pyarrow]",
        lambda h: h.column(
            arrow(pa.dictionary(pa.int32(), pa.string()), ["u", "v"] * 150), h.exact
        ),
    ),
    "C22": ("longdouble", lambda h: h.column(h.normal().astype(np.longdouble), h.scale)),
    "C24": (
        "Float64 with NA",
        lambda h: h.column(h.gaps(pd.Series(h.normal(), dtype="Float64")), h.scale),
    ),
    "I01": (
        "300 names, every one another",
        lambda h: h.column([f"Given Family {i}" for i in range(300)], h.anew),
    ),
    "X41": ("denormal numbers", lambda h: h.column(5e-324 * h.ints(1, 2**40), h.in_range)),
    "X42": ("numbers of 1e-310", lambda h: h.column(1e-310 * h.normal(), h.in_range)),
    "X43": (
        "numbers of 1e-300 beside 1e300",
        lambda h: h.column(10.0 ** np.linspace(-300, 300, 300), h.in_range),
    ),
    "X44": ("minus zero", lambda h: h.column(np.full(300, -0.0), h.in_range)),
    "X45": ("infinite numbers", lambda h: h.column(np.where(h.normal() > 1, np.inf, 0.5))),
    "X46": (
        "infinite numbers among objects",
        lambda h: h.column(h.cells(0.5, None, -np.inf)),
    ),
    "X47": ("lists, fractions, complex and infinite numbers in one table", several),
    "X48": ("constant columns of every dtype", constant),
    "X49": ("all-missing columns of every dtype", empty_of_every_dtype),
    "X50": (
        "nothing but None, NaN, NA, NaT",
        lambda h: h.column(h.cells(*NA_KINDS), h.all_missing),
    ),
    "X51": (
        "booleans as objects with missing ones",
        lambda h: h.column(h.cells(True, False, None), h.exact),
    ),
    "X52": ("True and 0 in one column", lambda h: h.column(h.cells(True, 0, False, 1))),
    "X53": ('1 and "1"', lambda h: h.column(h.cells(1, "1", 2.5, "2.5"), h.exact)),
    "X54": ("integers among floats", lambda h: h.column(h.cells(1, 2.5, 3), h.in_range)),
    "X55": (
        "three integers of 70 bits",
        lambda h: h.column(h.cells(2**70, 2**71, -(2**72)), h.exact),
    ),
    "X56": (
        "300 integers of 70 bits",
        lambda h: h.column(objects([2**70 + int(n) for n in h.ints(0, 10**9)])),
    ),
    "X57": (
        "int64 over its whole range",
        lambda h: h.column(np.random.default_rng(0).integers(-(2**63), 2**63, 300), h.in_range),
    ),
    "X58": ("Decimal objects", lambda h: h.column(decimals(h), places)),
    "X59": ("Decimal objects and missing ones", lambda h: h.column(h.gaps(decimals(h)), places)),
    "X60": (
        "Decimals of 45 digits",
        lambda h: h.column(objects([d * 10**40 for d in decimals(h)])),
    ),
    "X61": (
        "Decimal infinity",
        lambda h: h.column(h.cells(Decimal("1.10"), Decimal("Infinity"))),
    ),
    "X62": ("Decimal signalling NaN", lambda h: h.column(h.cells(Decimal("1.1"), Decimal("sNaN")))),
    "X63": (
        "date objects",
        lambda h: h.column(
            objects([datetime.date(1970, 1, 1) + datetime.timedelta(int(n)) for n in range(300)]),
            mostly_exact,
        ),
    ),
    "X64": (
        "datetime objects of the year 1",
        lambda h: h.column(
            objects(
                [datetime.datetime(1, 1, 1, n % 24) + datetime.timedelta(n) for n in range(300)]
            ),
            mostly_exact,
        ),
    ),
    "X65": (
        "time objects",
        lambda h: h.column(
            h.gaps(objects([datetime.time(n // 60, n % 60) for n in range(300)])), mostly_exact
        ),
    ),
    "X66": (
        "timedelta objects",
        lambda h: h.column(objects([datetime.timedelta(0, n) for n in range(300)]), mostly_exact),
    ),
    "X67": ("periods of quarters, with missing ones", lambda h: h.column(h.gaps(periods("Q")))),
    "X68": ("periods of weeks that end on Wednesday", lambda h: h.column(periods("W-WED"))),
    "X69": ("periods of two months", lambda h: h.column(periods("2M"), mostly_exact)),
    "X70": ("dates of the year 1500", lambda h: h.column(moments("1500-01-01", "s", 86_400))),
    "X71": (
        "dates of the year 20000",
        lambda h: h.column(moments("20000-01-01", "ms", 86_400_000)),
    ),
    "X72": ("an hour that a clock shows twice", lambda h: h.column(twice(h), mostly_exact)),
    "X73": (
        "a zone without a name of its own",
        lambda h: h.column(in_zone(datetime.timezone(datetime.timedelta(hours=3), "here"))),
    ),
    "X74": (
        "points in time of three zones",
        lambda h: h.column(
            h.cells(*(pd.Timestamp("2020-01-01", tz=z) for z in ("UTC", "Asia/Tokyo"))), h.exact
        ),
    ),
    "X75": (
        "text dates of many zones",
        lambda h: h.column(
            [f"2020-01-{1 + n % 5:02d}T00:00:00+0{n % 2}:00" for n in range(300)], h.exact
        ),
    ),
    "Y40": (
        "NaN in an Arrow column, which is not null there",
        lambda h: h.column(arrow(pa.float64(), [np.nan, 1.5, 2.5] * 100)),
    ),
    "Y41": (
        "NaN in a nullable column, which is not NA there",
        lambda h: h.column(
            pd.arrays.FloatingArray(np.array([np.nan, 1.5, 2.5] * 100), np.zeros(300, dtype=bool))
        ),
    ),
    "Y42": (
        "integers that number the rows, as objects",
        lambda h: h.column(pd.Series(range(300), dtype=object), all_integers),
    ),
    "Y21": (
        "text dates of one zone",
        lambda h: h.column(
            [f"2020-{1 + n % 12:02d}-{1 + n % 28:02d}T08:00:00+05:30" for n in range(300)],
            mostly_exact,
        ),
    ),
    "Y22": (
        "datetime objects with a zone",
        lambda h: h.column(objects(list(moments("2020-01-01", "us", 10**9).dt.tz_localize("UTC")))),
    ),
    "Y23": (
        "Timestamp objects with nanoseconds",
        lambda h: h.column(objects(list(moments("2020-01-01", "ns", 7)))),
    ),
    "Y24": (
        "date and datetime objects in one column",
        lambda h: h.column(
            objects(
                [
                    (datetime.date if n % 2 else datetime.datetime)(2000 + n % 50, 1 + n // 50, 1)
                    for n in range(300)
                ]
            )
        ),
    ),
    "Y80": (
        "ages, and the largest integer for unknown",
        lambda h: h.column(far(2**63 - 1, "int64"), h.exact),
    ),
    "Y81": (
        "ages, and the smallest integer for unknown",
        lambda h: h.column(far(-(2**63), "int64"), h.exact),
    ),
    "Y82": (
        "ages, and the largest integer without a sign for unknown",
        lambda h: h.column(far(2**64 - 1, "uint64"), h.exact),
    ),
    "Y83": (
        "both ends of 64 bits, and zero",
        lambda h: h.column(pd.Series([-(2**63), 2**63 - 1, 0] * 100), h.exact),
    ),
    "Y84": ("floats that have no float between them", lambda h: h.column(neighbours(), h.in_range)),
    "Y85": (
        "text of NumPy's type in an object column",
        lambda h: h.column(objects([np.str_("u"), np.str_("v")] * 150), h.exact),
    ),
    "Y86": (
        "members of an Enum of text",
        lambda h: h.column(objects([Size.SMALL, Size.LARGE] * 150), h.exact),
    ),
    "Y87": (
        "timedelta objects of a million years",
        lambda h: h.column(objects([datetime.timedelta(999_999_999 - n) for n in range(300)])),
    ),
    "Y88": (
        "nothing but NaN, called dates",
        lambda h: h.column(pd.Series([np.nan] * 300), h.all_missing, kind="datetime"),
    ),
    "Y89": (
        "text that is nearly always another one, and sometimes N/A",
        lambda h: h.column([f"{n}th of May" if n % 15 else "N/A" for n in range(300)]),
    ),
    "Z07": (
        "amounts of money as text",
        lambda h: h.column(h.gaps([f"${n * 1017.3:,.2f}" for n in range(300)]), rewritten),
    ),
    "Z19": (
        "amounts of money as text, in two notations",
        lambda h: h.column([f"${n}.50" if n % 2 else f"{n}.50 USD" for n in range(300)]),
    ),
    "Z20": (
        "amounts as text with a decimal comma, of Arrow",
        lambda h: h.column(
            arrow(pa.string(), [f"{n * 7 - 99},{n % 100:02} €" for n in range(300)]), rewritten
        ),
    ),
    "Z60": (
        "identity numbers with dots: 57.414.158",
        lambda h: h.column(
            [f"{10**7 + n * 271_003:,}".replace(",", ".") for n in range(300)],
            shaped(r"\d{2}\.\d{3}\.\d{3}"),
        ),
    ),
    "Z61": (
        "IP addresses whose blocks have three digits",
        lambda h: h.column([f"10.{132 + n % 9}.{214 + n % 7}.{149 + n}" for n in range(300)]),
    ),
    "Z62": (
        "letters directly before numbers that are no currency: ABC23.58",
        lambda h: h.column([f"ABC{20 + n % 80}.{10 + n // 5}" for n in range(300)]),
    ),
    "Z63": (
        "amounts of money as text, among them a zero with a sign",
        lambda h: h.column(
            [f"{n * 7 - 99},{n % 100:02} €" for n in range(299)] + ["-0,00 €"], rewritten
        ),
    ),
    "Z64": (
        "amounts of money as text, the negative ones in parentheses",
        lambda h: h.column(
            h.gaps([f"${n * 1017.3:,.2f}" if n % 3 else f"(${n + 1}.50)" for n in range(300)]),
            rewritten,
        ),
    ),
    "Z65": (
        "amounts as text with a power of ten, and of a currency that groups by hundreds",
        lambda h: h.learn(
            h.base().assign(
                powers=[f"{1 + n / 300:.4f}e5" for n in range(300)],
                rupees=[f"₹69,{10 + n % 90},{300 + n}.00" for n in range(300)],
            )
        ),
    ),
    "Z66": (
        "months as text",
        lambda h: h.column(
            h.gaps([f"{1 + n % 12:02}/{1995 + n // 12}" for n in range(300)]), rewritten
        ),
    ),
    "Z08": (
        "times of day as text",
        lambda h: h.column(
            h.gaps([f"{n // 60:02d}:{n % 60:02d}:07" for n in range(300)]), rewritten
        ),
    ),
    "Z09": (
        "points in time as text, with fractions of seconds",
        lambda h: h.column(
            h.gaps([f"2022-10-20T18:{n // 60:02d}:{n % 60:02d}.861Z" for n in range(300)]),
            rewritten,
        ),
    ),
    "Z13": (
        "text dates with years of two digits",
        lambda h: h.column([day.strftime("%d/%m/%y") for day in days()], rewritten),
    ),
    "Z14": (
        "text dates without leading zeros, as spreadsheets write them",
        lambda h: h.column(
            h.gaps([f"{day.month}/{day.day}/{day.year} {day.day % 24}:05" for day in days()]),
            rewritten,
        ),
    ),
    "Z15": (
        "text dates with AM and PM, of Arrow",
        lambda h: h.column(
            arrow(pa.string(), [f"{day:%m/%d/%Y} {1 + day.day % 12}:05 PM" for day in days()]),
            rewritten,
        ),
    ),
    "Z16": (
        "text dates, some of them with leading zeros",
        lambda h: h.column(h.cells("3/8/2019", "03/08/2019", "3/9/2019"), h.exact),
    ),
    "Z10": (
        "running numbers with a prefix and leading zeros",
        lambda h: h.column([f"INV-2023-{n:05}" for n in range(300)], shaped(r"INV-2023-00\d{3}")),
    ),
    "Z11": (
        "hexadecimal keys of fixed length (UUID)",
        lambda h: h.column(
            [str(uuid.UUID(int=n * 2**127 // 301, version=4)) for n in range(300)],
            shaped("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ),
    ),
    "Z12": (
        "running numbers of any length between constant texts",
        lambda h: h.column(
            [f"user{n}@example.com" for n in range(1, 301)], shaped(r"user\d+@example.com")
        ),
    ),
    "Z01": (
        "days of a zone that changes its clocks",
        lambda h: h.column(
            moments("2020-01-01", "s", 86_400).dt.tz_localize("Europe/Paris"), midnights
        ),
    ),
    "X76": ("Arrow date32", lambda h: h.column(arrow(pa.date32(), days()), mostly_exact)),
    "X77": (
        "Arrow decimal128 in a DataFrame",
        lambda h: h.column(arrow(pa.decimal128(10, 2), list(decimals(h))), places),
    ),
    "X78": (
        "Arrow time64 in a DataFrame",
        lambda h: h.column(arrow(pa.time64("us"), [datetime.time(n % 24) for n in range(300)])),
    ),
    "X79": (
        "Arrow lists in a DataFrame",
        lambda h: h.column(arrow(pa.list_(pa.int64()), [[1], [2]] * 150)),
    ),
    "X80": (
        "Arrow string_view in a DataFrame",
        lambda h: h.column(arrow(pa.string_view(), ["u", "v"] * 150)),
    ),
    "X81": ("big-endian integers", lambda h: h.column(h.ints(0, 90).astype(">i4"), h.counted)),
    "X82": (
        "categories of equal text",
        lambda h: h.column(pd.Categorical(h.cells(1, "1"), [1, "1"]), h.exact),
    ),
    "X83": (
        "categories of tuples",
        lambda h: h.column(pd.Categorical(h.cells((1, 2), (3,))), h.exact),
    ),
    "X84": ("categories of fractions", lambda h: h.column(pd.Categorical(h.cells(Fraction(1, 2))))),
    "X85": ("categories without a level", lambda h: h.column(pd.Categorical([None] * 300))),
    "X86": (
        "10,000 rows of 10,000 levels of a category",
        lambda h: identifiers(h, 10_000, as_category=True),
    ),
    "X87": (
        "unique integers that number the rows",
        lambda h: h.column(np.random.default_rng(0).permutation(300), h.anew),
    ),
    "X88": (
        "300 tuples, every one another",
        lambda h: h.column(objects([(n, "a") for n in range(300)]), h.all_missing),
    ),
    "X89": ("UUID objects", lambda h: h.column([uuid.UUID(int=n) for n in range(300)])),
    "X90": ("half a character in a text", lambda h: h.column(h.cells("a", "b\ud800"))),
    "X91": (
        "nan, None and NaT as text",
        lambda h: h.column(h.cells("nan", "None", "NaT", None), h.exact),
    ),
    "X92": ("two values far apart", lambda h: h.column(h.cells(1e-300, 1e300), h.in_range)),
    "X93": (
        "neighbouring floats",
        lambda h: h.column(1.0 + np.finfo(float).eps * h.ints(0, 900), h.in_range),
    ),
    "X94": (
        "a text date among real ones that does not exist",
        lambda h: h.column(
            [*(f"2020-01-{1 + n % 28:02d}" for n in range(295)), *["2020-13-45"] * 5]
        ),
    ),
    "X95": ("a list in one cell of text", lambda h: h.column(objects([*["a"] * 299, [1]]))),
    "Y70": (
        "durations of NumPy in months",
        lambda h: h.column(h.cells(np.timedelta64(1, "M"), np.timedelta64(2, "M"))),
    ),
    "Y71": (
        "durations of NumPy in months and days",
        lambda h: h.column(h.cells(np.timedelta64(1, "M"), np.timedelta64(2, "D"))),
    ),
    "N02": (
        "a category with 40,000 unused levels",
        lambda h: h.column(many_levels(40_003), h.exact, seconds=3.0),
    ),
    "N03": (
        "a column whose last row changes its sign",
        lambda h: h.column(np.append(np.exp(h.normal()[1:]), -1.0), sign),
    ),
}


def twice(h):
    return in_zone("Europe/Berlin", "2020-10-24 23:00", "1min")


def days():
    return [datetime.date(2020, 1, 1) + datetime.timedelta(n) for n in range(300)]


@pytest.mark.parametrize("name", CASES)
def test_a_column_is_kept_or_refused_as_the_document_says(name, check_case) -> None:
    check_case(name, CASES[name])
