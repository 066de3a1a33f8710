"""Progress goes to stderr, as a bar or as lines, and says how the game goes."""

import pytest

from tabgan.training.progress import make_reporter


def play(verbose):
    with make_reporter(verbose) as reporter:
        reporter.resume()
        reporter.phase("likelihood", 40, 0)
        reporter.step(20, {"likelihood_loss": 19.5, "held_out_likelihood": 19.25})
        reporter.step(40, {"likelihood_loss": 19.0})
        reporter.phase("adversarial", 20, 1)
        game = {"likelihood_loss": 19.0, "generator_loss": 0.81, "discriminator_loss": 0.62}
        reporter.step(20, game | {"two_sample_score": 0.75})


@pytest.mark.parametrize("verbose", [0, 1, 2, "auto"])
def test_nothing_goes_to_stdout(capsys, verbose):
    play(verbose)
    assert capsys.readouterr().out == ""


def test_zero_is_silent(capsys):
    play(0)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("verbose", [1, 2])
def test_losses_and_scores_are_shown(capsys, verbose):
    play(verbose)
    shown = capsys.readouterr().err
    for part in (
        "Going on from the checkpoint.",
        "learning",
        "40/40",
        "held-out 19.25",
        "playing",
        "G 0.81 D 0.62",
        "one-pass 0.75",
    ):
        assert part in shown


def test_off_a_terminal_auto_means_lines(capsys):
    play("auto")
    assert len(capsys.readouterr().err.strip().splitlines()) == 3


def test_what_follows_the_training_has_a_line_of_its_own(capsys):
    with make_reporter(2) as reporter:
        reporter.phase("calibration", 4, 9)
        reporter.step(4, {})
    assert capsys.readouterr().err == "finishing 4/4\n"
