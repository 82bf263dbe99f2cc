"""The proof of least privilege: what the policies of a rendered root allow, asked of a simulator that is not ours."""
