"""What happens to people when a process, a file or a machine dies in the middle."""
