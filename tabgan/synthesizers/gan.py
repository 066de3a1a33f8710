"""TabGAN: fit a table, sample new rows.

Long for a file, because it is the one class that users read: more than half of it is their
documentation, and no method does more than call the room that knows how.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import Tags

from tabgan.conditioning.conditions import read_condition_rows, read_conditions
from tabgan.containers import Container, is_foreign_table, read_table
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.remainder import Remainder
from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.randomness import RandomState, global_numbers_as_before, resolve_seed
from tabgan.schema import TableSchema
from tabgan.schema.constraints import Constraint
from tabgan.synthesizers.completion import complete_table
from tabgan.synthesizers.drawing import RowSource
from tabgan.synthesizers.forecast import FitForecast, check_memory, forecast_fit
from tabgan.synthesizers.likelihood import score_rows
from tabgan.synthesizers.memory import available_memory, resident_memory
from tabgan.synthesizers.model import FittedModel
from tabgan.synthesizers.model_file import load_model, save_model
from tabgan.synthesizers.parameters import check_parameters, read_seconds
from tabgan.synthesizers.preparation import PreparedTable, prepare_table
from tabgan.synthesizers.realism import judge_rows


class TabGAN(DensityMixin, BaseEstimator):
    """Learn a table and give back new rows that behave like it.

    A conditional GAN whose generator can complete any partial row: given some cells and noise it
    proposes all the others. It is trained by likelihood, then against a discriminator, and sampled
    in one or several passes over the columns.

    Parameters
    ----------
    epochs : int or None, default=None
        How often to go through the table, likelihood and game together; at least 200 steps are
        planned, which on a small table are many epochs. Then, from 1,500 rows on, each column is
        learnt as long as any other, from the rows alone, in the game, too.
        ``None`` lets the size of the table decide (see :func:`tabgan.training.plan.make_plan`).
    batch_size : int, default=512
        Rows an adversarial step; the likelihood phase takes twice as many. Smaller tables take
        smaller batches.
    passes : int or "auto", default="auto"
        Passes in which :meth:`sample` draws the columns. 1 is the pure GAN, fastest; as many as
        columns is the most faithful. ``"auto"`` is the number of columns, and 32 where there are
        more than 128. (Adult, a two-sample score of .958, .956, .942 and .914 with 15, four, two
        and one pass, 27,000 to 61,000 rows a second.) On tables of dependent numbers few passes
        need many candidates a row, and save little.
    objective : {"relativistic", "nonsaturating", "wasserstein"} or None, default="relativistic"
        The adversarial game. ``None`` leaves the adversary out: a third of the time, all passes as
        good, one pass of no use (Adult .184).
    normalisation : {"quantile", "mixture"}, default="quantile"
        How numbers are divided into modes: equal depth with spikes, or Gaussian modes as in CTGAN.
    max_time : float, str or None, default=None
        Time training may take, in seconds or as ``"90s"``, ``"5m"``, ``"1h"``; encoding,
        calibrating and refining come on top. (Adult in a minute, 91 seconds in all: .976 with all
        passes.) A fit that it cuts short depends on the speed of the
        machine and is not reproducible.
    early_stopping : bool, default=True
        End the likelihood phase, choose for each column the weights to learn from, and choose those
        of the adversarial phase, by rows held out from training (a tenth). ``False`` trains on all
        rows and keeps the last weights, without the distillation, in which such rows weigh trees
        and networks. Below 1,500 rows a tenth is too few: no row is held out either way, and the
        network learns from trees.
    schema : TableSchema or None, default=None
        What the columns are; inferred if ``None``.
    constraints : list of constraints, "infer" or None, default=None
        Rules that the table keeps and every sampled row will: :class:`tabgan.Inequality`,
        :class:`tabgan.Range`, :class:`tabgan.Sum`, :class:`tabgan.Formula`,
        :class:`tabgan.FixedCombinations`, :class:`tabgan.MissingTogether`, :class:`tabgan.Unique`.
        ``"infer"`` takes those that :func:`tabgan.infer_constraints` finds.
    rare_threshold : int, default=5
        A category or spike carried by fewer rows is not released, and numeric extremes clip to a
        mean of the so many outermost, in which those beyond their median count as it. Five is the
        smallest cell that most statistical offices publish; 0 withholds no value.
    callbacks : sequence of keras.callbacks.Callback or None, default=None
        Called while training, as in Keras: ``EarlyStopping(monitor="held_out_likelihood",
        mode="min")``, ``TerminateOnNaN``, your own. An epoch is one look at the held-out rows, with
        the figures of `history_` as its logs (those of the game come with the game);
        ``stop_training`` ends the fit. The model they see is not the one that is trained and has no
        optimiser: use `checkpoint` rather than ``ModelCheckpoint``, and no callback that changes
        the learning rate.
    checkpoint : path-like or None, default=None
        File in which a fit keeps its state at each look, and from which the same fit (same table,
        parameters and seed) goes on after it was killed, to the same model. Gone when the fit is
        done. It holds weights and no rows; keep it as safe as the model. Needs a `random_state`.
    device : {"auto", "cpu", "gpu"}, default="auto"
        Where to train; ``"auto"`` takes a GPU that is there. Sampling runs in NumPy.
    verbose : {"auto", 0, 1, 2}, default="auto"
        0 is silent, 1 a live bar, 2 a line now and then, all on stderr; ``"auto"`` is 1 on a
        terminal or in a notebook and 2 elsewhere.
    random_state : int, numpy Generator, RandomState or None, default=None
        Seed of the fit. An integer gives the same model on the same machine.

    Attributes
    ----------
    schema_ : TableSchema
        The columns, with what each releases and withholds.
    constraints_ : tuple
        The rules that samples keep, with what was learnt about them.
    remainders_ : tuple
        Columns that follow from others, as sums, products or shares that were found in the table,
        such as ``'total' = 'net' + 'tax' + 'rest of total'``: the column is computed, and the rest
        learnt. Columns of a sum, formula, combination or key among the `constraints` are not.
    history_ : pandas.DataFrame
        One row a look at the held-out rows (the training rows, where none are held out): ``phase``
        (``"likelihood"``, which tables below 1,500 rows skip, ``"distillation"``,
        ``"adversarial"``), ``step`` in it, ``seconds`` (not kept in a file); the losses
        ``likelihood_loss``, ``generator_loss``, ``discriminator_loss`` and ``penalty``;
        ``real_score`` and ``fake_score``, the discriminator's mean probability of being real for
        real and for generated rows (one half each at equilibrium);
        ``held_out_likelihood``, negative, in nats a row; ``two_sample_score`` of one-pass samples
        (1: a classifier cannot tell them apart) and ``modes_covered`` by them.
    n_samples_seen_ : int
        Rows of the table that was learnt: the default size of a sample.
    n_epochs_ : float
        How often training went through the table.
    interrupted_ : bool
        Whether the fit was ended by Ctrl-C before its time.
    out_of_time_ : bool
        Whether `max_time` cut the fit short.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : numpy.ndarray
        Their names, if all are text.

    Examples
    --------
    >>> from tabgan import TabGAN, load_demo
    >>> gan = TabGAN(random_state=0).fit(load_demo())  # doctest: +SKIP
    >>> gan.sample(3, conditions={"switched": "yes"})  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        epochs: int | None = None,
        batch_size: int = 512,
        passes: int | str = "auto",
        objective: str | None = "relativistic",
        normalisation: str = "quantile",
        max_time: float | str | None = None,
        early_stopping: bool = True,
        schema: TableSchema | None = None,
        constraints: Sequence[Constraint] | str | None = None,
        rare_threshold: int = 5,
        callbacks: Sequence[Any] | None = None,
        checkpoint: str | PathLike[str] | None = None,
        device: str = "auto",
        verbose: int | str = "auto",
        random_state: RandomState = None,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.passes = passes
        self.objective = objective
        self.normalisation = normalisation
        self.max_time = max_time
        self.early_stopping = early_stopping
        self.schema = schema
        self.constraints = constraints
        self.rare_threshold = rare_threshold
        self.callbacks = callbacks
        self.checkpoint = checkpoint
        self.device = device
        self.verbose = verbose
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:
        """Learn a table.

        Parameters
        ----------
        X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
            The table: numbers, categories, booleans, dates, durations; missing values anywhere.
            Samples come in the same container.
        y : None
            Ignored; a target is a column like any other.

        Returns
        -------
        TabGAN
            Itself.

        Raises
        ------
        InvalidParameterError, InvalidDataError, UnsupportedTypeError
            If a parameter, the table or a column cannot be used, or the fit needs more memory than
            there is (:meth:`forecast`); nothing is changed then.
        ConstraintError
            If the table breaks one of the `constraints`, or has not its columns.
        TrainingDivergedError
            If a loss or a weight stops being a number; the message names the step. What was there
            before stays, and so does the checkpoint of the last look.
        KeyboardInterrupt
            After Ctrl-C. The best model so far is kept, if there is one, and can be used:
            `interrupted_` is then true. A second Ctrl-C leaves what was there before.

        Notes
        -----
        Whatever else ends a fit leaves the estimator as it was. SIGTERM ends a Python process at
        once: a `checkpoint` survives it, and ``tabgan fit`` ends in order as after Ctrl-C.
        """
        check_parameters(self.get_params(deep=False))
        seed = resolve_seed(self.random_state)
        prepared = self._prepared(X)
        available = available_memory()
        check_memory(
            prepared,
            # What the process has already serves the fit, too.
            None if available is None else available + resident_memory(),
            epochs=self.epochs,
            batch_size=self.batch_size,
            objective=self.objective,
            early_stopping=self.early_stopping,
        )
        # Imported here because Keras and its backend take seconds, and only fit needs them.
        with global_numbers_as_before():  # TensorFlow draws some when it is imported
            from tabgan.synthesizers.checkpoint import remove_checkpoint
            from tabgan.synthesizers.fitting import fit_model

        model = fit_model(
            prepared.encoder,
            prepared.codes(seed),
            epochs=self.epochs,
            batch_size=self.batch_size,
            objective=self.objective,
            early_stopping=self.early_stopping,
            max_seconds=read_seconds(self.max_time),
            device=self.device,
            verbose=self.verbose,
            callbacks=self.callbacks or (),
            checkpoint=self.checkpoint,
            seed=seed,
            constraints=prepared.constraints,
        )
        self._keep(model, prepared.container, list(prepared.table.columns))
        if model.interrupted:
            # The estimator is fitted, and whoever pressed Ctrl-C is heard.
            raise KeyboardInterrupt
        if self.checkpoint is not None:
            remove_checkpoint(self.checkpoint)
        return self

    def forecast(self, X: Any) -> FitForecast:
        """Say what :meth:`fit` would take here, without training; Keras is not loaded.

        Parameters
        ----------
        X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
            The table.

        Returns
        -------
        FitForecast
            Sizes, steps, time on the CPU and memory, to print or to read. The time is mostly right
            within a factor of two: nobody knows before when held-out rows stop gaining.

        Raises
        ------
        InvalidParameterError, InvalidDataError, UnsupportedTypeError
            As :meth:`fit` does.
        """
        check_parameters(self.get_params(deep=False))
        return forecast_fit(
            self._prepared(X),
            epochs=self.epochs,
            batch_size=self.batch_size,
            objective=self.objective,
            early_stopping=self.early_stopping,
            max_seconds=read_seconds(self.max_time),
        )

    def sample(
        self,
        n_samples: int | None = None,
        *,
        conditions: Mapping[Hashable, object] | pd.DataFrame | None = None,
        passes: int | str | None = None,
        random_state: RandomState = None,
    ) -> Any:
        """Draw new rows.

        Candidates come from the generator. Each is taken with a probability in proportion to how
        much oftener the table has its like than a sample has, by boosted trees that :meth:`fit`
        grew: eight candidates a row on average at most, one where trees found no difference. A
        restricted column keeps the law that the network gives it.

        Parameters
        ----------
        n_samples : int or None, default=None
            How many; as many as the training table had if ``None``.
        conditions : mapping, pandas.DataFrame or None, default=None
            What every row shall have, by column name: a value; ``None`` or NaN for missing; a list
            or set, any of whose values will do; a tuple ``(low, high)``, a closed range of numbers,
            dates or durations in which ``None`` is an open end. Dates may be text, ISO 8601 or as
            the column has them; in a range a day or a month lasts to its end, as a value a day
            is its midnight. A DataFrame gives one value a cell, and one row is drawn for each.
        passes : int, "auto" or None, default=None
            Passes over the columns; the estimator's ``passes`` if ``None``.
        random_state : int, numpy Generator, RandomState or None, default=None
            Seed of the draw; a fresh one each call if ``None``. With the same integer, fewer rows
            are the head of more.

        Returns
        -------
        DataFrame, or what the table of the fit came in (a DataFrame after :meth:`load`)
            Columns, order and dtypes of the training table, with a fresh index. Under conditions
            on all rows ``attrs["conditions"]`` of a DataFrame holds ``probability``, the share of
            unconditional rows that satisfy them (a number counts with its mode), and
            ``effective_sample_size``, how many independent rows the restricted columns are worth.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before :meth:`fit`.
        InvalidConditionError
            If a condition names what the model does not know, or next to no row satisfies all
            sets and ranges.
        ConstraintError
            If next to no row keeps all constraints.
        """
        n_rows, source = self._row_source(n_samples, conditions, passes, random_state)
        return self._container.restore(source.rows(0, n_rows))

    def sample_batches(
        self,
        n_samples: int | None = None,
        *,
        batch_size: int = 65_536,
        conditions: Mapping[Hashable, object] | pd.DataFrame | None = None,
        passes: int | str | None = None,
        random_state: RandomState = None,
    ) -> Iterator[Any]:
        """Draw new rows in batches, for samples that do not fit into memory.

        Together they are the rows that :meth:`sample` gives for the same seed.

        Parameters
        ----------
        n_samples, conditions, passes, random_state
            As in :meth:`sample`.
        batch_size : int, default=65536
            Rows of a batch; a multiple of 1,024, as this is, draws no block of rows twice.

        Yields
        ------
        DataFrame, or what the table of the fit came in
            At most `batch_size` rows, whose index goes on from batch to batch.
        """
        if not _is_count(batch_size) or batch_size < 1:
            raise InvalidParameterError("batch_size must be an integer >= 1")
        n_rows, source = self._row_source(n_samples, conditions, passes, random_state)
        return map(self._container.restore, source.batches(n_rows, int(batch_size)))

    def complete(
        self,
        X: Any,
        *,
        how: str = "draw",
        passes: int | str | None = None,
        random_state: RandomState = None,
    ) -> Any:
        """Fill the gaps of a table, each row's given what is known of it.

        Parameters
        ----------
        X : DataFrame, polars or Arrow table with any of the columns of the fit, or an array
            Every missing cell is a gap, and so is every column that is not there.
        how : {"draw", "expected"}, default="draw"
            ``"draw"`` draws all gaps of a row together, as the table would have them: the filled
            table keeps its spread and its dependence, and another seed gives another one (multiple
            imputation). ``"expected"`` guesses each gap by itself: the most probable category, the
            mean of a number; nearer to the truth cell by cell, but too regular as a table.
        passes : int, "auto" or None, default=None
            As in :meth:`sample`; for ``"draw"``.
        random_state : int, numpy Generator, RandomState or None, default=None
            Seed of the draw; a fresh one each call if ``None``. With the same integer, a row's fill
            may depend on which other gaps there are among the 1,024 rows of its block.

        Returns
        -------
        DataFrame, or what `X` came in
            All columns of the fit in their order and dtypes, with the index of `X`. Cells that
            were known are as they were, also where the model does not know their value (they then
            tell nothing about the gaps) or the dtype cannot hold it (the column is then one of
            objects). A gap stays missing only in a column that has no value to give. Cells that
            `constraints` determine are computed, and where a row breaks one, ``"draw"`` fills its
            gaps again, up to 20 times, and ``"expected"`` moves its guesses inside their likeliest
            modes (:class:`tabgan.Unique` is not looked at): there is a warning if rows are left
            that do.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before :meth:`fit`.
        InvalidDataError, UnsupportedTypeError
            If it is not a table, has columns that the fit had not, or holds values of another kind.
        """
        model = self._fitted_model()
        if not isinstance(how, str) or how not in ("draw", "expected"):
            raise InvalidParameterError('how must be "draw" or "expected"')
        table, container = self._checked_table(X)
        n_passes, seed = self._n_passes(passes), resolve_seed(random_state)
        filled = complete_table(model, table, how, n_passes, seed)
        if container.package == self._container.package:
            read_as = {column.name: column.dtype.to_pandas() for column in model.schema}
            return self._container.restore(filled, read_as)
        return container.restore(filled, dict(zip(table.columns, table.dtypes, strict=True)))

    def score_samples(self, X: Any) -> np.ndarray:
        """Return the log-likelihood of each row, in nats.

        The mean over eight fixed orders of the columns of the chain-rule log-probability:
        deterministic. A cell counts with a probability, but for real numbers, which count with
        their density. A value that the fit had not seen is as likely as half a row of its table;
        a number out of range counts as the nearest in it.

        Parameters
        ----------
        X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
            Rows with the columns of the fit.

        Returns
        -------
        numpy.ndarray of float64, shape (n_rows,)
            Log-likelihoods. Those of training rows are higher than those of new ones to the extent
            that the model overfits: they help to tell who was in the training table, so treat them
            as you treat the table.
        """
        model = self._fitted_model()
        table, _ = self._checked_table(X)
        model.encoder.check_columns(table)
        return score_rows(model, table)

    def score(self, X: Any, y: None = None) -> float:
        """Return the mean log-likelihood of rows: what ``GridSearchCV`` maximises.

        Parameters
        ----------
        X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
            Rows with the columns of the fit.
        y : None
            Ignored.
        """
        scores = self.score_samples(X)
        if len(scores) == 0:
            raise InvalidDataError("the table has 0 rows; a mean needs at least 1")
        return float(scores.mean())

    def realism(self, X: Any) -> np.ndarray:
        """Return how real the discriminator takes rows for, where the game ended.

        One half is as real as a row that the generator gives in one pass; a discriminator that was
        beaten says one half of everything.

        Parameters
        ----------
        X : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
            Rows with the columns of the fit.

        Returns
        -------
        numpy.ndarray of float64, shape (n_rows,)
            Probabilities of being real rather than generated.

        Raises
        ------
        InvalidParameterError
            If the model has no discriminator: it was fitted with ``objective=None``, stopped before
            the game, or saved without ``include_discriminator=True``.
        """
        model = self._fitted_model()
        if not model.discriminator:
            raise InvalidParameterError(
                "this model has no discriminator: it was fitted with objective=None, stopped "
                "before the game, or saved without include_discriminator=True; fit or save it "
                "again"
            )
        table, _ = self._checked_table(X)
        model.encoder.check_columns(table)
        return judge_rows(model, table)

    def save(self, path: str | PathLike[str], *, include_discriminator: bool = False) -> None:
        """Write the model to a file, replacing it in one step.

        Parameters
        ----------
        path : path-like
            Where to; ``.tabgan`` is customary.
        include_discriminator : bool, default=False
            Whether the discriminator, as it was when the game ended, travels along. It helps to
            tell whether a row was in the training table, so leave it out of what you share.
        """
        parameters = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in self.get_params(deep=False).items()
            # The seed stays here: with the table it would tell which rows were held out.
            if name not in ("random_state", "schema", "constraints", "callbacks", "checkpoint")
        }
        if not isinstance(include_discriminator, bool | np.bool_):
            raise InvalidParameterError("include_discriminator must be True or False")
        save_model(path, self._fitted_model(), parameters, bool(include_discriminator))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "TabGAN":
        """Read a model that :meth:`save` wrote. Nothing in the file is executed.

        Raises
        ------
        ModelFileError
            If the file is damaged, foreign or unsafe.
        FileNotFoundError
            If there is none.
        UnsupportedTypeError, InvalidParameterError
            If `path` is no path, or one that no file can have.
        """
        model, parameters = load_model(path)
        gan = cls(**{name: parameters[name] for name in cls().get_params() if name in parameters})
        gan._keep(model, Container(), list(model.schema.names))
        return gan

    @property
    def schema_(self) -> TableSchema:
        """The columns, with what each releases and withholds."""
        return self._fitted_model("schema_").schema

    @property
    def constraints_(self) -> tuple[Constraint, ...]:
        """The rules that samples keep, with what was learnt about them."""
        return self._fitted_model("constraints_").constraints

    @property
    def remainders_(self) -> tuple[Remainder, ...]:
        """Columns that follow from others: computed in samples, only their remainders learnt."""
        return self._fitted_model("remainders_").encoder.remainders

    @property
    def history_(self) -> pd.DataFrame:
        """One row a look at the held-out rows."""
        return pd.DataFrame(self._fitted_model("history_").history)

    @property
    def n_samples_seen_(self) -> int:
        """Rows of the table that was learnt."""
        return self._fitted_model("n_samples_seen_").n_rows

    @property
    def n_epochs_(self) -> float:
        """How often training went through the table."""
        return self._fitted_model("n_epochs_").n_epochs

    def _prepared(self, X: Any) -> PreparedTable:
        options = EncodingOptions(int(self.rare_threshold), self.normalisation)
        return prepare_table(X, self.schema, options, self.constraints)

    def _row_source(
        self,
        n_samples: int | None,
        conditions: Mapping[Hashable, object] | pd.DataFrame | None,
        passes: int | str | None,
        random_state: RandomState,
    ) -> tuple[int, RowSource]:
        """Return how many rows are asked for, and where they come from."""
        model = self._fitted_model()
        if is_foreign_table(conditions):
            conditions = read_table(conditions)[0]
        if n_samples is not None and not (_is_count(n_samples) and 0 <= n_samples < 2**63):
            raise InvalidParameterError(
                "n_samples must be an integer >= 0 and below 2**63, or None"
            )
        if isinstance(conditions, pd.DataFrame):
            if n_samples not in (None, len(conditions)):
                raise InvalidParameterError(
                    f"n_samples={n_samples}, but conditions has {len(conditions)} rows and one is "
                    "drawn for each; leave n_samples out"
                )
            n_samples, known = len(conditions), read_condition_rows(conditions, model.encoder)
        else:
            known = read_conditions(conditions, model.encoder)
        n_rows = model.n_rows if n_samples is None else int(n_samples)
        n_passes = self._n_passes(passes)
        return n_rows, RowSource(model, known, n_passes, resolve_seed(random_state))

    def _n_passes(self, passes: int | str | None) -> int:
        n_passes = self.passes if passes is None else passes
        if isinstance(n_passes, str) and n_passes == "auto":
            return self._fitted_model().passes.most
        if not _is_count(n_passes) or int(n_passes) < 1:
            raise InvalidParameterError('passes must be an integer >= 1 or "auto"')
        return int(n_passes)

    def _checked_table(self, X: Any) -> tuple[pd.DataFrame, Container]:
        """Return a table that need not have all columns of the fit, but no others."""
        table, container = read_table(X)
        names = list(self._fitted_model().schema.names)
        if container.package == "numpy":
            if table.shape[1] != len(names):
                # The sentence that scikit-learn's own estimators say.
                raise InvalidDataError(
                    f"X has {table.shape[1]} features, but TabGAN is expecting {len(names)} "
                    "features as input"
                )
            table.columns = pd.Index(names, tupleize_cols=False)
        other = [name for name in table.columns if name not in names]
        if other or not table.columns.is_unique:
            raise InvalidDataError(
                f"the table has columns that the fit had not, or twice: {other or 'repeated'}; "
                "give it the columns of the fit"
            )
        return table, container

    def _keep(self, model: FittedModel, container: Container, names: list[Any]) -> None:
        """Become the estimator of a fit, in one step that no interrupt can cut in two."""
        # What scikit-learn looks at: how many columns there were, and names that are text.
        state = {"_model": model, "_container": container, "n_features_in_": len(names)}
        if container.package != "numpy" and all(isinstance(name, str) for name in names):
            state["feature_names_in_"] = np.asarray(names, dtype=object)
        old = ("feature_names_in_", *state)
        rest = {name: value for name, value in vars(self).items() if name not in old}
        self.__dict__ = rest | state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    @property
    def interrupted_(self) -> bool:
        """Whether the fit was ended by Ctrl-C before its time."""
        return self._fitted_model("interrupted_").interrupted

    @property
    def out_of_time_(self) -> bool:
        """Whether `max_time` cut the fit short."""
        return self._fitted_model("out_of_time_").out_of_time

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in vars(self)

    def _fitted_model(self, attribute: str = "") -> FittedModel:
        if "_model" not in vars(self):
            # NotFittedError is an AttributeError too: hasattr(gan, "schema_") is False before fit.
            lacks = f", so it has no {attribute}" if attribute else ""
            raise NotFittedError(f"this TabGAN is not fitted yet{lacks}; call fit first")
        model: FittedModel = self._model
        return model


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
