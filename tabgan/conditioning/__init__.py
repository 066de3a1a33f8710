"""What is known of a row: at random in training, by the user's wish in sampling."""
