"""What operators see of chats, and how they have something sent again."""
