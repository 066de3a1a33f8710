"""The generator and the discriminator: one frozen description, built in Keras and in NumPy."""
