"""What happens to applications by and by, each step a job."""
