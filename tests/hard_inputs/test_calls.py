"""Families E to J, M and N: parameters, conditions, files, threads and the command line."""

import dataclasses
import datetime
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tabgan
from tabgan import Formula, Inequality, TabGAN, Unique
from tabgan.encoding.column import EncodingOptions
from tabgan.randomness import resolve_seed
from tabgan.synthesizers.preparation import prepare_table

GAN = "tests/synthesizers/test_gan.py"
MODEL_FILE = "tests/synthesizers/test_model_file.py"
CONTAINER = "tests/persistence/test_container.py"
ATOMIC = "tests/persistence/test_atomic.py"
INTERRUPTIONS = "tests/synthesizers/test_interruptions.py"
SKLEARN = "tests/synthesizers/test_sklearn.py"
LATER = " 00:00:00.000000001"
COMPUTING = "tests/synthesizers/test_computing.py"
CONSTRAINTS = "tests/synthesizers/test_constraints.py"
CLI = "tests/cli/test_main.py"
CELLS = "tests/cli/test_cells.py"
TRAINED = "tests/hard_inputs/test_trained.py"
FROZEN = Path(__file__).parents[1] / "synthesizers" / "frozen" / "format_1.tabgan"


def held(path, name, words):
    return lambda h: h.elsewhere(path, name, words)


def csv(h, content, name="in.csv"):
    path = h.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def of_another_class(path):
    manifest = {"format": "tabvae", "format_version": 1, "min_reader": 1, "versions": {}}
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("manifest.json", json.dumps(manifest))
    return path


def dates(h, condition):
    cells = [datetime.date(2020, 1, 1) + datetime.timedelta(n) for n in range(300)]
    return h.condition(h.with_column(pd.Series(cells, dtype=object)), {"c": condition})


def points(h, condition):
    days = pd.Series(pd.date_range("2020", periods=300, unit="us"))
    return h.condition(h.with_column(days), {"c": condition})


def months(h, condition):
    table = h.with_column(pd.Series(pd.period_range("2020", periods=300, freq="M")))
    return h.condition(table, {"c": condition})


def times(h, condition):
    cells = pd.Series([datetime.time(n % 24) for n in range(300)], dtype=object)
    return h.condition(h.with_column(cells), {"c": condition})


def money(h, condition):
    cells = h.cells(Decimal("1.50"), Decimal("2.25"), None)
    return h.condition(h.with_column(cells), {"c": condition})


def written_days(h, condition):
    days = pd.Series(pd.date_range("2021-03-01", periods=30)).repeat(10).reset_index(drop=True)
    return h.condition(h.with_column(days.dt.strftime("%d.%m.%Y")), {"c": condition})


def days():
    return pd.Series(pd.date_range("2020-01-01", periods=300))


def frozen():
    return TabGAN.load(FROZEN)


def filled(X):
    """Fill the gaps of the only column of a polars table."""
    completed = frozen().complete(X, random_state=0)
    assert completed[X.columns[0]].null_count() == 0
    assert completed[X.columns[0]][0] == X[0, 0]
    return "kept: filled, with the known cells as they were"


def integers_among_floats(h):
    X = pl.DataFrame({"arrears_eur": [0, None, 5] * 20})
    assert frozen().complete(X, random_state=0).schema["arrears_eur"] == pl.Float64
    return filled(X) + ", in the dtype of the fit"


def text_among_booleans(h):
    given = pd.DataFrame({"solar_panels": ["False", "True", None]})
    cells = frozen().complete(given, random_state=0)["solar_panels"].tolist()
    assert cells[:2] == ["False", "True"]
    assert isinstance(cells[2], bool)
    return "kept: the known cells stay text, in a column of objects"


EMPTY = pd.DataFrame({"age": []})
CASES = {
    "E01": ("sample(0)", held(GAN, "test_fewer_rows_are_the_head_of_more", "kept: no rows")),
    "E02": (
        "sample(-1)",
        held(GAN, "test_a_number_of_samples_that_is_no_count_is_refused", "refused: n >= 0"),
    ),
    "E03": (
        "sample(-150)",
        held(GAN, "test_a_number_of_samples_that_is_no_count_is_refused", "refused: n >= 0"),
    ),
    "E04": (
        "sample(2.5)",
        held(GAN, "test_a_number_of_samples_that_is_no_count_is_refused", "refused: an integer"),
    ),
    "E06": (
        "sample(True)",
        held(GAN, "test_a_number_of_samples_that_is_no_count_is_refused", "refused: an integer"),
    ),
    "E07": ("sample before fit", lambda h: str(TabGAN().sample(5))),
    "E08": (
        "a value that no row has",
        lambda h: h.condition(h.base(), {"city": "Atlantis"}),
    ),
    "E09": ("a column that is not there", lambda h: h.condition(h.base(), {"planet": "x"})),
    "E12": (
        "a condition on the second category",
        held(GAN, "test_every_released_value_of_every_category_can_be_asked_for", "kept: all rows"),
    ),
    "E14": ("epochs=-1", lambda h: h.forecast(epochs=-1)),
    "E15": ("batch_size=0", lambda h: h.forecast(batch_size=0)),
    "E16": ("max_time=-1.0", lambda h: h.forecast(max_time=-1.0)),
    "E17": ("max_time=nan", lambda h: h.forecast(max_time=float("nan"))),
    "E18": (
        "training that diverges",
        held(
            TRAINED,
            "test_a_divergence_is_named_with_what_to_do",
            "refused: TrainingDivergedError",
        ),
    ),
    "E19": ("passes=0", lambda h: h.forecast(passes=0)),
    "E20": ("rare_threshold=0", lambda h: h.forecast(rare_threshold=0)),
    "E21": ("rare_threshold=-1", lambda h: h.forecast(rare_threshold=-1)),
    "E22": ("callbacks=256", lambda h: h.forecast(callbacks=256)),
    "E23": ('epochs="10"', lambda h: h.forecast(epochs="10")),
    "E24": ("random_state=numpy.int64(1)", lambda h: seed(np.int64(1))),
    "E25": ("random_state=-1", lambda h: seed(-1)),
    "E26": (
        "a fit, then a fit of a bad table",
        held(GAN, "test_a_failed_fit_leaves_the_previous_model", "kept: the old model"),
    ),
    "E27": (
        "a fit, then a fit that is broken off",
        held(INTERRUPTIONS, "test_ctrl_c_at_once_leaves_what_was_there", "kept: the old model"),
    ),
    "E28": (
        "sample of a million rows",
        held(
            "tests/synthesizers/test_conditions.py",
            "test_batches_are_drawn_when_they_are_asked_for",
            "kept: in batches",
        ),
    ),
    "E29": (
        "sklearn.base.clone",
        held(GAN, "test_clone_and_get_params_know_every_argument", "kept"),
    ),
    "E32": (
        "shares 95, 2.5, 2.5 %",
        held(TRAINED, "test_shares_are_those_of_the_table", "kept: within 5 points"),
    ),
    "F01": (
        "save, load, seeded sample",
        held(MODEL_FILE, "test_a_loaded_model_draws_the_same_rows", "kept: equal"),
    ),
    "F02": (
        "a truncated file",
        held(CONTAINER, "test_every_truncation_is_refused", "refused: ModelFileError"),
    ),
    "F03": (
        "one flipped bit",
        held(CONTAINER, "test_every_flipped_bit_is_refused", "refused: ModelFileError"),
    ),
    "F04": (
        "a pickle that runs a command",
        held(
            "tests/persistence/test_nothing_is_executed.py",
            "test_nothing_is_executed_imported_or_opened_besides_the_file",
            "refused: nothing is executed",
        ),
    ),
    "F05": ("an empty file", lambda h: h.command("info", csv(h, "", "m.tabgan"))),
    "F06": (
        "a text file as a model",
        lambda h: h.command("info", csv(h, "a,b\n1,2\n", "m.tabgan")),
    ),
    "F07": (
        "a file of another package",
        held(CONTAINER, "test_files_of_other_kinds_are_refused_as_such", "refused: ModelFileError"),
    ),
    "F08": (
        "a file of another class",
        lambda h: str(TabGAN.load(of_another_class(h.folder / "m.tabgan"))),
    ),
    "F09": (
        "save to a folder that is not there",
        lambda h: str(TabGAN.load(FROZEN).save(h.folder / "nowhere" / "m.tabgan")),
    ),
    "F11": ("save to /dev/full", lambda h: str(TabGAN.load(FROZEN).save("/dev/full"))),
    "F13": ("save before fit", lambda h: str(TabGAN().save(h.folder / "m.tabgan"))),
    "F15": (
        "a file of a newer version",
        held(
            "tests/persistence/test_manifest.py",
            "test_a_newer_model_is_refused_with_the_version_that_wrote_it",
            "refused: ModelVersionError",
        ),
    ),
    "F16": (
        "pickle of an estimator",
        held(SKLEARN, "test_every_check_of_scikit_learn_passes", "kept"),
    ),
    "F18b": (
        "a zip bomb",
        held(
            CONTAINER, "test_a_manifest_that_claims_gigabytes_is_refused", "refused: ModelFileError"
        ),
    ),
    "G01": ("8 threads, no seed", held(GAN, "test_threads_get_what_one_caller_gets", "kept")),
    "G02": (
        "threads with a seed",
        held(GAN, "test_threads_get_what_one_caller_gets", "kept: as one caller"),
    ),
    "G03": (
        "seeded fits in threads",
        held(GAN, "test_numpys_global_random_numbers_are_left_alone", "kept: no global state"),
    ),
    "G04": (
        "the same seed twice",
        held(
            MODEL_FILE, "test_the_same_seed_fits_the_same_model_in_another_process", "kept: equal"
        ),
    ),
    "G05": (
        "the same seed in three processes",
        held(
            MODEL_FILE, "test_three_processes_without_tensorflow_draw_the_same_bytes", "kept: equal"
        ),
    ),
    "G06": (
        "600 rows, the same seed",
        held(
            MODEL_FILE, "test_the_same_seed_fits_the_same_model_in_another_process", "kept: equal"
        ),
    ),
    "G06b": (
        "parallel encoding",
        held(
            MODEL_FILE, "test_the_same_seed_fits_the_same_model_in_another_process", "kept: equal"
        ),
    ),
    "G09": (
        "100 rows are the head of 101",
        held(GAN, "test_fewer_rows_are_the_head_of_more", "kept"),
    ),
    "G10": ("sampling changes nothing", held(GAN, "test_fewer_rows_are_the_head_of_more", "kept")),
    "G11": (
        "a row and its batch-mates",
        held(GAN, "test_fewer_rows_are_the_head_of_more", "kept: independent"),
    ),
    "G12": (
        "Ctrl-C at once",
        held(INTERRUPTIONS, "test_ctrl_c_at_once_leaves_what_was_there", "kept: what was there"),
    ),
    "G12b": (
        "Ctrl-C in training",
        held(
            INTERRUPTIONS,
            "test_ctrl_c_keeps_the_best_model_so_far",
            "kept: the best so far, marked",
        ),
    ),
    "G13": (
        "Ctrl-C while encoding",
        held(INTERRUPTIONS, "test_ctrl_c_at_once_leaves_what_was_there", "kept: what was there"),
    ),
    "G14": (
        "a killed fit",
        held(INTERRUPTIONS, "test_a_killed_fit_goes_on_to_the_same_bytes", "kept: equal"),
    ),
    "G15": (
        "a second fit, to go on where the first ended",
        held(
            INTERRUPTIONS,
            "test_a_checkpoint_of_another_fit_is_refused",
            "refused: a fit begins anew, but for a checkpoint of the same one",
        ),
    ),
    "H01": (
        "a category that the table has not",
        held(
            GAN, "test_rare_values_are_withheld_and_identifiers_written_anew", "kept: never sampled"
        ),
    ),
    "H02": (
        "copies of training rows",
        held(
            "tests/evaluation/privacy/test_copies.py",
            "test_five_percent_of_copies_are_found",
            "kept: reported",
        ),
    ),
    "J01": (
        "fit of a file that is not there",
        lambda h: h.command("fit", h.folder / "no.csv", "-o", h.folder / "m.tabgan"),
    ),
    "J02": ("evaluate with a target that is not there", lambda h: unknown_target(h)),
    "J03": ("an empty file as a table", lambda h: h.command("schema", csv(h, ""))),
    "J05": (
        "sample -n 0",
        held(
            "tests/cli/test_sample.py", "test_no_rows_are_a_line_of_names", "kept: a line of names"
        ),
    ),
    "J06": (
        "sample from a model",
        held(
            "tests/cli/test_sample.py",
            "test_sampling_needs_neither_keras_nor_tensorflow",
            "kept: no training",
        ),
    ),
    "J07": (
        "fit into a folder that is not there",
        lambda h: h.command("fit", csv(h, "a,b\n1,2\n"), "-o", h.folder / "no" / "m.tabgan"),
    ),
    "J09": (
        "CSV cells =1+1, 007, NA",
        held(CELLS, "test_what_a_number_could_not_write_back_stays_text", "kept as text"),
    ),
    "M01": ("check_estimator", held(SKLEARN, "test_every_check_of_scikit_learn_passes", "kept")),
    "M02": (
        "GridSearchCV",
        held(SKLEARN, "test_a_grid_search_finds_the_better_model_by_its_likelihood", "kept"),
    ),
    "N01": (
        "columns in another order later",
        held(
            "tests/encoding/test_table.py",
            "test_the_order_of_columns_in_another_table_does_not_matter",
            "kept: found by name",
        ),
    ),
    "N08": (
        "a pipe, a device, a folder as a path",
        held(
            CONTAINER,
            "test_directories_pipes_sockets_and_devices_are_refused_without_waiting",
            "refused: ModelFileError",
        ),
    ),
    "N07": (
        "a name as long as can be",
        held(ATOMIC, "test_a_name_as_long_as_the_system_allows_is_written", "kept"),
    ),
    "N13": (
        "losses that are not numbers",
        held(
            TRAINED,
            "test_a_divergence_is_named_with_what_to_do",
            "refused: TrainingDivergedError",
        ),
    ),
    "N15": (
        "sample | head",
        held(CLI, "test_a_reader_that_has_had_enough_ends_the_command_quietly", "kept"),
    ),
    "N16": ("CSV with repeated names", lambda h: h.command("schema", csv(h, "a,a\n1,2\n"))),
    "N17": ("the text dtype of pandas 3", lambda h: h.column(pd.Series(["u", "v"] * 150), h.exact)),
    "N06": (
        "a folder that may only be read",
        held(
            "tests/cli/test_writing.py",
            "test_a_place_where_no_file_can_be_is_refused",
            "refused: InvalidParameterError",
        ),
    ),
    "N11": (
        "two processes that save to one path",
        held(ATOMIC, "test_a_new_model_replaces_the_old_one_whole", "kept: one of them, whole"),
    ),
    "N12": (
        "a fit that is killed",
        held(INTERRUPTIONS, "test_a_killed_fit_goes_on_to_the_same_bytes", "kept: goes on"),
    ),
    "N18": ("PYTHONOPTIMIZE=2, which removes assertions", lambda h: no_assertions()),
    "X96": ("a CSV of ragged rows", lambda h: h.command("schema", csv(h, "a,b\n1,2\n1,2,3\n"))),
    "X97": (
        "a CSV in Latin 1",
        lambda h: h.command("schema", csv(h, "a\nGr\xfc\xdfe\n".encode("latin1"))),
    ),
    "X98": ("a CSV separated by semicolons", lambda h: h.command("schema", csv(h, "a;b\n1;2\n"))),
    "X99": (
        "a list as a condition that holds a list",
        lambda h: h.condition(h.base(), {"city": [["x"]]}),
    ),
    "Y01": ("an empty list as a condition", lambda h: h.condition(h.base(), {"city": []})),
    "Y02": (
        "a dictionary as a condition on one column",
        lambda h: h.condition(h.base(), {"city": {"a": 1}}),
    ),
    "Y03": ("a range of categories", lambda h: h.condition(h.base(), {"city": ("A", "Z")})),
    "Y04": ("a range whose ends are reversed", lambda h: h.condition(h.base(), {"age": (60, 30)})),
    "Y05": (
        "a range of text on numbers",
        lambda h: h.condition(h.base(), {"age": ("young", "old")}),
    ),
    "Y06": (
        "missing in a column without missing cells",
        lambda h: h.condition(h.base(), {"age": None}),
    ),
    "Y07": ("conditions as a list", lambda h: h.condition(h.base(), ["city"])),
    "Y08": ("a day of a column of date objects", lambda h: dates(h, datetime.date(2020, 3, 1))),
    "Y09": ("a range of dates as text", lambda h: dates(h, ("2020-02", "2020-03"))),
    "Y10": ("a period of a column of periods", lambda h: months(h, pd.Period("2025-03", "M"))),
    "Y11": ("a range of periods as text", lambda h: months(h, ("2021", "2022-06"))),
    "Y12": ("a period of another frequency", lambda h: months(h, pd.Period("2025-03-01", "D"))),
    "Y13": (
        "a condition table that holds lists",
        lambda h: h.condition(h.base(), pd.DataFrame({"city": [["x"], "y"]})),
    ),
    "Y14": ("a number for a column of dates", lambda h: dates(h, 5)),
    "Y25": (
        "an ISO date of a column that writes dates otherwise",
        lambda h: written_days(h, "2021-03-05"),
    ),
    "Y26": (
        "a date object of a column that writes dates otherwise",
        lambda h: written_days(h, datetime.date(2021, 3, 5)),
    ),
    "Y27": (
        "a time of day of a column that writes days",
        lambda h: written_days(h, datetime.datetime(2021, 3, 5, 12)),
    ),
    "Y28": (
        "a date with slashes of a column of dates",
        lambda h: dates(h, "05/06/2020"),
    ),
    "Y16": (
        "an empty table of conditions",
        lambda h: h.condition(h.base(), pd.DataFrame({"age": []})),
    ),
    "Y17": ("a time of day of time objects", lambda h: times(h, (datetime.time(8), "17:30"))),
    "Y18": ("a time of day with a zone", lambda h: times(h, datetime.time(8, tzinfo=datetime.UTC))),
    "Y19": ("a float for a column of Decimals", lambda h: money(h, 1.5)),
    "Y20": ("NaN as an end of a range", lambda h: money(h, (float("nan"), 2))),
    "Y30": (
        "rules sought where 9999-12-31 stands for no end",
        lambda h: ruled(h, open_ends(h), "infer"),
    ),
    "Y31": (
        'how="expected" where a rule cannot be kept',
        held(CONSTRAINTS, "test_a_gap_that_no_guess_fills_by_the_rules_is_told", "kept: warns"),
    ),
    "Y32": (
        "rules between columns of halffloat[pyarrow]",
        lambda h: ruled(h, halves(h), [Inequality("low", "high")]),
    ),
    "Y33": (
        "rules sought in a CSV of identifiers",
        lambda h: h.command("schema", csv(h, identifiers()), "--constraints"),
    ),
    "Y34": (
        "a rule of a JSON file with a typo in its formula",
        lambda h: of_rules(h, {"kind": "formula", "column": "b", "expression": "a +* 2"}),
    ),
    "Y35": (
        "an inequality of a column with itself in a JSON file",
        lambda h: of_rules(h, {"kind": "inequality", "low": "a", "high": "a"}),
    ),
    "Y36": (
        "Unique on big-endian integers",
        lambda h: ruled(h, h.with_column(np.arange(300).astype(">i8")), [Unique("c")]),
    ),
    "Y37": (
        "a schema of 100,000 brackets",
        lambda h: h.command(
            *("fit", csv(h, "a,b\n1,2\n"), "-o", h.folder / "m.tabgan"),
            *("--schema", csv(h, "[" * 100_000, "schema.json")),
        ),
    ),
    "Y38": (
        "columns named None and NaT",
        lambda h: h.learn(h.base()[["sex", "city"]].set_axis([None, pd.NaT], axis=1)),
    ),
    "Y60": ('random_state="x"', lambda h: h.forecast(random_state="x")),
    "Y61": ("a forecast with random_state=-1", lambda h: h.forecast(random_state=-1)),
    "Y62": ("an evaluation with random_state=-1", lambda h: judged(h, random_state=-1)),
    "Y63": ("an evaluation with random_state=1.5", lambda h: judged(h, random_state=1.5)),
    "Y64": ("rare_threshold=numpy.int8(3)", lambda h: h.forecast(rare_threshold=np.int8(3))),
    "Y65": (
        "batch_size=numpy.int8(100), epochs=numpy.int8(100)",
        lambda h: h.forecast(batch_size=np.int8(100), epochs=np.int8(100)),
    ),
    "Y66": ("an array of passes", lambda h: sampled(passes=np.array([1, 2]))),
    "Y67": ("an array of verbosities", lambda h: h.forecast(verbose=np.array([1, 2]))),
    "Y68": (
        "a condition table with a column twice",
        lambda h: h.condition(
            h.base(), pd.DataFrame([["Zanzibar", "Ouagadougou"]], columns=["city", "city"])
        ),
    ),
    "Y69": ("load(5)", lambda h: str(TabGAN.load(5))),
    "Y72": ("save to a path that is no path", lambda h: str(TabGAN.load(FROZEN).save(5))),
    "Y73": (
        "save to a path that ends with a slash",
        lambda h: str(TabGAN.load(FROZEN).save(f"{h.folder}/models/")),
    ),
    "Y74": (
        "a CSV column of numbers with inf",
        lambda h: h.command("schema", csv(h, "v,w\n" + "1,a\n2.5,b\n" * 40 + "-inf,a\n")),
    ),
    "Y75": (
        "an integer of 5,000 digits in CSV",
        lambda h: h.command("schema", csv(h, "v,w\n" + "1,a\n2,b\n" * 40 + "1" * 5_000 + ",a\n")),
    ),
    "Z02": (
        "a CSV whose last row is cut off",
        lambda h: h.command("schema", csv(h, "a,b,c\n" + "1,2,3\n" * 9 + "4,5")),
    ),
    "Z03": (
        "a CSV of missing last cells and blank lines",
        lambda h: h.command("schema", csv(h, "a,b\n" + "1,x\n2,\n\n" * 40)),
    ),
    "Z17": (
        "a CSV with a blank name",
        held(
            "tests/cli/test_tables.py",
            "test_one_name_may_be_blank_and_several_are_numbered",
            "kept: blank in the sample",
        ),
    ),
    "Z18": (
        "a CSV whose numbers end in zeros: 1.50",
        held(
            "tests/cli/test_tables.py",
            "test_the_schema_says_how_the_file_writes_its_numbers",
            "kept: written with as many decimals where all are",
        ),
    ),
    "Z04": (
        "rules in a JSON file with a byte-order mark",
        lambda h: h.command(
            *("fit", csv(h, "a,b\n" + "1,2\n3,4\n" * 40), "-o", h.folder / "m.tabgan", "--dry-run"),
            *("--constraints", csv(h, "\ufeff[]", "rules.json")),
        ),
    ),
    "Z05": (
        'include_discriminator="no"',
        lambda h: str(TabGAN.load(FROZEN).save(h.folder / "m.tabgan", include_discriminator="no")),
    ),
    "Z06": (
        "how as an array",
        lambda h: TabGAN.load(FROZEN).complete(h.base()[[]], how=np.array(["draw", "draw"])),
    ),
    "Z30": (
        "a sum and a formula for one column",
        held(COMPUTING, "test_two_rules_that_compute_one_column_are_both_kept", "kept: both"),
    ),
    "Z31": (
        "two formulas for one column that cannot be turned round",
        lambda h: ruled(h, lengths(h), [Formula("length", f"abs({c})") for c in ("age", "c")]),
    ),
    "Z32": (
        "inequalities in a circle, of columns that are equal",
        lambda h: ruled(
            h, lengths(h), [Inequality(*pair) for pair in (("age", "length"), ("length", "age"))]
        ),
    ),
    "Z33": ("evaluate: an array as target", lambda h: judged(h, target=np.array(["age", "sex"]))),
    "Z33a": ("evaluate: a column as target", lambda h: judged(h, target=h.base()["amt"])),
    "Z33b": ("evaluate: NA as target", lambda h: judged(h, target=pd.NA)),
    "Z33c": (
        "evaluate: a column as sensitive",
        lambda h: judged(h, quasi_identifiers=["age"], sensitive=h.base()["amt"]),
    ),
    "Z33d": (
        "evaluate: an array among quasi_identifiers",
        lambda h: judged(h, quasi_identifiers=["age", np.array(["sex"])]),
    ),
    "Z33e": ("evaluate: bytes as quasi_identifiers", lambda h: judged(h, quasi_identifiers=b"age")),
    "Z33f": ("evaluate: progress=True", lambda h: judged(h, progress=True)),
    "Z34": ("epochs=10**400", lambda h: h.forecast(epochs=10**400)),
    "Z34a": ("max_time=10**400", lambda h: h.forecast(max_time=10**400)),
    "Z34b": ("n_samples=10**400", lambda h: str(TabGAN.load(FROZEN).sample(10**400))),
    "Z34c": (
        "early_stopping as a boolean of NumPy",
        lambda h: h.forecast(early_stopping=np.False_),
    ),
    "Z35": (
        "rules sought with a table in place of the schema",
        lambda h: str(tabgan.infer_constraints(h.base(), h.base())),
    ),
    "Z35a": (
        "rules sought with the schema of another table",
        lambda h: str(tabgan.infer_constraints(h.base(), tabgan.infer_schema(lengths(h)))),
    ),
    "Z35b": (
        "a Formula for an array",
        lambda h: ruled(h, h.base(), [Formula(np.array(["age", "amt"]), "sex")]),
    ),
    "Z35c": (
        "an Inequality whose strict is a column",
        lambda h: ruled(h, h.base(), [Inequality("age", "amt", h.base()["amt"])]),
    ),
    "Z35d": (
        "a kind that is an array",
        lambda h: h.column(h.normal(), kind=np.array(["integer"] * 2)),
    ),
    "Z35e": ("load_demo: a seed that is text", lambda h: str(tabgan.load_demo(9, "1"))),
    "Z36": (
        "save: a path with NUL",
        lambda h: TabGAN.load(FROZEN).save(f"{h.folder}/m\0.tabgan"),
    ),
    "Z36a": ("load: a path with NUL", lambda h: TabGAN.load("m\0.tabgan")),
    "Z36b": ("load: a path with half a character", lambda h: TabGAN.load("m\ud800.tabgan")),
    "Z36c": (
        "a checkpoint with NUL in its path",
        lambda h: h.forecast(checkpoint="c\0", random_state=0),
    ),
    "Z36d": ("schema: DATA with NUL in its path", lambda h: h.command("schema", "a\0.csv")),
    "Z36e": (
        "fit: -o with NUL in its path",
        lambda h: h.command("fit", csv(h, "a,b\n1,2\n"), "-o", "m\0.tabgan"),
    ),
    "Z40": (
        "a CSV of semicolons with --sep ';'",
        lambda h: h.command("schema", csv(h, "a;b\n" + "1;u\n2;v\n" * 40), "--sep", ";"),
    ),
    "Z40b": (
        "a .tsv of commas",
        lambda h: h.command("schema", csv(h, "a,b\n" + "1,u\n2,v\n" * 40, "in.tsv")),
    ),
    "Z40c": (
        "--sep of two characters",
        lambda h: h.command("schema", csv(h, "a,b\n1,2\n"), "--sep", ";;"),
    ),
    "Z40d": (
        "--sep for a sample in Parquet",
        lambda h: h.command("sample", FROZEN, "-o", h.folder / "s.parquet", "--sep", ";"),
    ),
    "Z41": (
        "a CSV of durations as pandas writes them",
        held(CELLS, "test_durations_as_pandas_writes_them_are_durations", "kept: as durations"),
    ),
    "Z41a": (
        "a CSV of durations that are written otherwise",
        held(CELLS, "test_durations_that_pandas_would_write_otherwise_stay_text", "kept: as text"),
    ),
    "Z45": (
        "a schema by local clocks for an hour that they show twice",
        lambda h: by_local_clocks(h),
    ),
    "Z46": (
        "a Formula about the columns of an array",
        lambda h: ruled(
            h, np.column_stack([h.normal(), h.normal(), 2 * h.normal()]), [Formula(2, "{0} + {1}")]
        ),
    ),
    "Z46a": ("a Formula with no name in braces", lambda h: str(Formula("amt", "{age} * 2"))),
    "Z50": (
        "a range of Decimals that ends at 1e99999999",
        lambda h: money(h, (0, Decimal("1e99999999"))),
    ),
    "Z50a": (
        "the Decimal 1e999999999 for a column of integers",
        lambda h: h.condition(h.base(), {"age": Decimal("1e999999999")}),
    ),
    "Z51": (
        "a schema whose notation of numbers alone is given",
        lambda h: by_edited_schema(h, kind="continuous", number_format="$0.00"),
    ),
    "Z51a": (
        "a schema with other decimals than its notation of numbers",
        lambda h: by_edited_schema(h, kind="continuous", number_format="$0.00", decimals=1),
    ),
    "Z51b": (
        "a schema with another notation of numbers than the table",
        lambda h: by_edited_schema(h, kind="continuous", number_format="€0.00"),
    ),
    "Z52": ("a schema with fewer decimals than the table", lambda h: by_fewer_decimals(h)),
    "Z53": (
        "a schema with 10**9 decimals",
        lambda h: by_edited_schema(h, kind="continuous", decimals=10**9),
    ),
    "Z54": (
        "a schema with a format of dates that names the day twice",
        lambda h: by_edited_schema(h, kind="datetime", date_format="%d/%d/%Y"),
    ),
    "Z54a": (
        "a schema with an empty format of dates",
        lambda h: by_edited_schema(h, kind="datetime", date_format=""),
    ),
    "Z54b": (
        "a schema with a date in its times of day",
        lambda h: by_edited_schema(h, kind="timedelta", date_format="%d.%m.%Y %H:%M"),
    ),
    "Z55": (
        "a schema with local clocks for text",
        lambda h: by_edited_schema(h, kind="datetime", clock="local"),
    ),
    "Z56": (
        "a CSV of text that becomes no numbers, with None among it",
        held(
            CELLS,
            "test_words_for_missing_are_missing_where_the_column_is_numbers_without_them",
            "kept: as text, None included",
        ),
    ),
    "Z57": (
        "a CSV with 1 days and 1 days 00:05:00 in a column",
        held(CELLS, "test_durations_that_pandas_would_write_otherwise_stay_text", "kept: as text"),
    ),
    "Y98": (
        "fit -o -, which is stdout",
        lambda h: h.command("fit", csv(h, "a,b\n1,2\n"), "-o", "-"),
    ),
    "Y99": (
        "fit -o models/, a folder that is not there",
        lambda h: h.command("fit", csv(h, "a,b\n1,2\n"), "-o", f"{h.folder}/models/"),
    ),
    "Y90": ("a Decimal with one place more", lambda h: money(h, Decimal("1.505"))),
    "Y91": ("a signalling NaN as a condition", lambda h: money(h, Decimal("sNaN"))),
    "Y92": ("noon for a column of days", lambda h: dates(h, datetime.datetime(2020, 3, 1, 12))),
    "Y93": ("a number for a column of points in time", lambda h: points(h, 1_583_020_800)),
    "Y94": ("a nanosecond that a column cannot hold", lambda h: points(h, "2020-03-01" + LATER)),
    "Y95": (
        "a Timestamp with such a nanosecond",
        lambda h: points(h, pd.Timestamp("2020-03-01" + LATER)),
    ),
    "Y96": ("bytes for a column of text", lambda h: h.condition(h.base(), {"city": b"Zanzibar"})),
    "Y97": (
        "a duration without a unit",
        lambda h: h.condition(
            h.with_column(pd.Series(pd.to_timedelta(range(300), unit="h"))), {"c": "1"}
        ),
    ),
    "Y15": ("a month first in a date", lambda h: dates(h, ("03/10/2020", None))),
    "Y53": ("complete: text among booleans", text_among_booleans),
    "Y54": (
        "score_samples: lists in a column of categories",
        lambda h: frozen().score_samples(
            frozen().sample(3, random_state=0).assign(region=[[1]] * 3)
        ),
    ),
    "Y55": (
        "complete: complex numbers",
        lambda h: frozen().complete(pd.DataFrame({"arrears_eur": [1 + 2j]})),
    ),
    "Y56": ("complete: polars integers in a column of real numbers", integers_among_floats),
    "Y57": (
        "complete: a polars Enum without the levels of the fit",
        lambda h: filled(pl.DataFrame({"region": ["xyz", None]}, {"region": pl.Enum(["xyz"])})),
    ),
    "Y58": (
        "complete: polars text among booleans",
        lambda h: filled(pl.DataFrame({"solar_panels": ["False", None]})),
    ),
    "Y59": (
        "quarters as a range of dates",
        lambda h: h.condition(h.with_column(days()), {"c": ("2020Q1", "2020Q2")}),
    ),
    "Y59b": (
        "a quarter as a point in time, its first",
        lambda h: h.condition(h.with_column(days()), {"c": "2020Q2"}),
    ),
}


def ruled(h, table, rules):
    """Learn a table with rules, without a network."""
    h.given.append(table)
    prepared = prepare_table(table, None, EncodingOptions(), rules)
    return f"kept: {', '.join(map(str, prepared.constraints)) or 'no rule'}"


def of_rules(h, *rules):
    table, path = csv(h, "a,b\n1,2\n"), csv(h, json.dumps(rules), "rules.json")
    return h.command("fit", table, "-o", h.folder / "m.tabgan", "--constraints", path)


def by_edited_schema(h, **fields):
    table = csv(h, "a,b\n" + "".join(f"${n % 7}.50,{n % 3}\n" for n in range(90)))
    form = json.loads(tabgan.infer_schema(pd.read_csv(table)).to_json())
    form["columns"][0] = {"name": "a", "dtype": form["columns"][0]["dtype"]} | fields
    schema = csv(h, json.dumps(form), "schema.json")
    return h.command("fit", table, "--dry-run", "--schema", schema)


def by_fewer_decimals(h):
    inferred = tabgan.infer_schema(h.base())
    columns = (dataclasses.replace(c, decimals=c.decimals and 1) for c in inferred)
    schema = tabgan.TableSchema(tuple(columns))
    h.given.append(h.base())
    prepare_table(h.base(), schema, EncodingOptions())
    return "kept"


def by_local_clocks(h):
    midnights = pd.date_range("2024-01-01", periods=300, tz="Europe/Berlin")
    schema = tabgan.infer_schema(h.with_column(midnights))
    hours = h.with_column(pd.date_range("2024-10-20", periods=300, freq="h", tz="Europe/Berlin"))
    h.given.append(hours)
    prepare_table(hours, schema, EncodingOptions())
    return "kept"


def lengths(h):
    """A length, the same number, and the number with one sign or the other."""
    table = h.base().drop(columns="amt").assign(length=np.abs(h.normal()) + 10)
    return table.assign(age=table["length"], c=table["length"] * h.cells(1, -1, 1).astype(int))


def open_ends(h):
    start = pd.Series(pd.date_range("2020", periods=600, unit="us"))
    end = start.where(start.index % 3 > 0, pd.Timestamp("9999-12-31"))
    return pd.DataFrame({"start": start, "end": end})


def halves(h):
    low = h.base()["age"].astype("float16")
    table = pd.DataFrame({"low": low, "high": low + np.float16(1.5)})
    return table.astype("halffloat[pyarrow]")


def identifiers():
    return "\n".join(["key", *(f"key-{n:04d}" for n in range(600))])


def judged(h, **parameters):
    tabgan.evaluate(h.base(), h.base(), **parameters)
    return "kept"


def sampled(**parameters):
    TabGAN.load(FROZEN).sample(2, **parameters)
    return "kept: rows are drawn"


def seed(random_state):
    resolve_seed(random_state)
    return "kept: a seed"


def no_assertions():
    package = Path(tabgan.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in package.rglob("*.py")]
    lines = [line for text in texts for line in text.splitlines()]
    assert not any(line.lstrip().startswith("assert ") for line in lines)
    return "kept: no check rests on an assertion"


def unknown_target(h):
    path = csv(h, "a,b\n" + "1,u\n2,v\n" * 60)
    return h.command("evaluate", path, path, "--target", "nope")


@pytest.mark.parametrize("name", CASES)
def test_a_call_is_answered_or_refused_as_the_document_says(name, check_case) -> None:
    check_case(name, CASES[name])
