"""What scores mean, for readers who do not program."""

from collections.abc import Sequence

from tabgan.evaluation.report.score import (
    ATTACK,
    COLUMNS,
    OVERFITTING,
    RELATIONS,
    ROWS,
    UTILITY,
    Score,
    Verdict,
    level_of_each,
)

# Title, and the question that the score answers.
SCORES = {
    "shape": ("Distribution", "Is each column distributed as in the real table?"),
    "wasserstein": ("Distance moved", "How far are numbers from where real ones are?"),
    "jensen_shannon": ("Frequent and rare", "Are common and rare values as common and rare?"),
    "missing": ("Missing values", "Is each column missing as often as in the real table?"),
    "value_coverage": ("Everything occurs", "Do the whole range and all categories occur?"),
    "value_adherence": (
        "Nothing else occurs",
        "Are all values within the range or the categories?",
    ),
    "trend": ("Pairs of columns", "Do each two columns go together as in the real table?"),
    "trend_training_bins": ("Pairs, by fixed bins", "The same, in the bins of the real rows."),
    "mutual_information": ("Dependence", "Does each column tell as much of each other one?"),
    "correlation_ratio": ("Numbers by category", "Do categories tell as much of numbers?"),
    "missing_together": ("Missing together", "Are each two columns missing in the same rows?"),
    "triples": ("Triples of columns", "Do each three columns go together as in the real table?"),
    "constraints": ("Rules", "Are rules kept that every real row keeps?"),
    "c2st": ("Told apart", "Can a classifier tell them from real rows that were held out?"),
    "c2st_logistic": ("Told apart by columns", "Can it by looking at columns one by one?"),
    "c2st_train": ("Told apart, training rows", "Can it tell them from the training rows?"),
    "pmse": ("Even odds", "Are the odds of being synthetic about even for each row?"),
    "alpha_precision": ("Typical rows", "Are as many rows as typical as real ones are?"),
    "beta_recall": ("All kinds of rows", "Has each real row a synthetic one beside it?"),
    "density": ("Among real rows", "Do they lie where real rows are dense?"),
    "coverage": ("Around real rows", "Lies one in the neighbourhood of each real row?"),
    "mmd": ("Same law", "Are both tables alike, seen through a kernel?"),
    "mle": ("Models trained on them", "How well does such a model predict real rows?"),
    "mle_gap": ("What is lost", "How much worse is it than a model trained on real rows?"),
    "mle_forest": ("The same, a forest", "How well does a random forest predict?"),
    "mle_linear": ("The same, linear", "How well does a linear model predict?"),
    "importance_agreement": ("Which columns count", "Do models lean on the same columns?"),
    "augmentation": ("Added to real rows", "How much does a model gain by both together?"),
    "c2st_train_auc": ("Repeated rows", "Does a classifier meet training rows again?"),
    "exact_match": ("Exact copies", "Do rows equal training rows more often than unseen rows?"),
    "near_match": ("Copies but for one cell", "The same, whichever one cell differs."),
    "dcr_share": ("Nearest real row", "Is it a training row more often than an unseen row?"),
    "nndr": ("Beside single rows", "Do rows sit right beside single training rows?"),
    "privacy_loss": ("Nearest neighbours", "Do training rows mix with synthetic ones too well?"),
    "identifiability": ("Identifiable rows", "Is what is most like a training row synthetic?"),
    "singling_out": (
        "Singling out",
        "Does a description read off them fit one training row alone?",
    ),
    "linkability": ("Linking tables", "Do both halves of a training row lead to the same row?"),
    "attribute_inference": ("Guessing a secret", "Do they tell a missing cell of training rows?"),
    "membership_auc": ("Who was in the table", "Can training rows be told from unseen ones?"),
    "membership_tpr": ("Who surely was", "How many training rows are found, with few mistakes?"),
    "outlier_membership_auc": ("Unusual rows", "Can unusual training rows be told from others?"),
    "rare_values": ("Values of one row alone", "Do they come back more often than unseen ones?"),
    "correct_attribution": ("Secret from known columns", "How likely is the right one?"),
    "k_anonymity": ("Smallest group", "How many rows share all known columns, at least?"),
    "delta_presence": ("Presence", "Is a group that occurs one of training rows alone?"),
    "l_diversity": ("Varied secrets", "How many different secrets has a group, at least?"),
}
GROUPS = {
    COLUMNS: ("Fidelity: single columns", "Is each column by itself like the real one? 1 is best."),
    RELATIONS: (
        "Fidelity: relations between columns",
        "Do columns go together as in the real table? 1 is best.",
    ),
    ROWS: (
        "Fidelity: whole rows",
        "Do synthetic rows look like real ones? What real rows get is best.",
    ),
    UTILITY: (
        "Utility",
        "Are models trained on them any good? Tested on real rows that were held out.",
    ),
    OVERFITTING: (
        "Privacy: overfitting checks",
        "Do synthetic rows owe more to the training rows than to other real rows?",
    ),
    ATTACK: (
        "Privacy: attacks",
        "What is found out about training rows, beyond what would be found out about anybody?",
    ),
}
OF_RELATIONS = ("floor", "what columns without any relation get", "ceiling", "what real rows get")
OF_HONESTY = ("", "", "ceiling", "what rows get that owe no more to training rows than to others")
VERDICTS = {
    Verdict.OK: "ok",
    Verdict.FLAG: "look here",
    Verdict.UNKNOWN: "no verdict",
}
NOT_PROVED = (
    "Attacks that found nothing are no proof that nothing can be found: others may be stronger, "
    "and who has the generator, or several tables made by it, knows more than these rows say.",
    "With a holdout that is not of the same source as the training rows, or holds the same people, "
    "all of this is wrong.",
    "The unit is a row. Of somebody with several rows all of them together may tell more.",
    "Scores of fidelity are averages and say little of rare groups: look at the columns that "
    "matter to you.",
    "This page shows how the training rows are distributed. Treat it as you treat them.",
)


def verdict_lines(scores: Sequence[Score]) -> list[tuple[Verdict, str]]:
    """Return what the page says first: of fidelity, of utility, of privacy."""
    found = {score.name: score for score in scores if score.column is None}
    return [_of_fidelity(found), _of_utility(found), _of_privacy(found)]


def _of_fidelity(found: dict[str, Score]) -> tuple[Verdict, str]:
    headline = found["c2st"]
    if headline.value != headline.value:
        return Verdict.UNKNOWN, _unknown("How much the rows look like real ones", headline)
    area = 1 - headline.value / 2
    text = (
        f"Shown a real and a synthetic row, a classifier finds the real one in {area:.0%} of the "
        "cases (50 % is guessing"
    )
    if headline.ceiling == headline.ceiling:
        text += f"; of two lots of real rows it picks in {1 - headline.ceiling / 2:.0%}"
    return _at_first_sight(headline), text + ")."


def _of_utility(found: dict[str, Score]) -> tuple[Verdict, str]:
    gap, model = found["mle_gap"], found["mle"]
    if gap.value != gap.value:
        return Verdict.UNKNOWN, _unknown("What models trained on them are worth", gap)
    lost = "not measurably worse than" if gap.low <= 0 else f"{gap.value:.3f} worse than"
    return _at_first_sight(model), (
        f"A model trained on the synthetic rows has {model.value:.3f} ({model.note}) on unseen "
        f"real rows, {lost} one trained on real rows ({model.ceiling:.3f}); without any relation "
        f"it would have {model.floor:.3f}."
    )


def _at_first_sight(score: Score) -> Verdict:
    """Return the verdict, but no praise for less than half of the way from floor to ceiling."""
    best = 1.0 if score.ceiling != score.ceiling else score.ceiling
    is_half_way = score.value >= (score.floor + best) / 2
    return score.verdict if is_half_way or score.verdict is Verdict.FLAG else Verdict.UNKNOWN


def _unknown(what: str, score: Score) -> str:
    return f"{what} is not known: {score.note.removeprefix('unknown: ')}."


def _of_privacy(found: dict[str, Score]) -> tuple[Verdict, str]:
    tests = [s for s in found.values() if s.group in (OVERFITTING, ATTACK)]
    judged = [score for score in tests if score.p_value == score.p_value]
    if len(judged) < 2:
        return Verdict.UNKNOWN, (
            "What the rows give away is not known: it takes real rows that were held out."
        )
    level = level_of_each(judged)  # a gate may have flagged what no test does
    flagged = [SCORES[score.name][0].lower() for score in judged if score.p_value < level]
    if flagged:
        return Verdict.FLAG, (
            f"{len(flagged)} of {len(judged)} checks and attacks find more than chance: "
            f"{', '.join(flagged)}."
        )
    return Verdict.OK, (
        f"None of {len(judged)} checks and attacks found more than chance. That is no proof that "
        "others find nothing."
    )
