"""What people who look after numbers see of them, and may do about one."""
