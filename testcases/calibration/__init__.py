"""What `bench calibrate` judges on every board."""
