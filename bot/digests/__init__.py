"""What each subscription gets, and when: from announcements to digests and delivery rows."""
