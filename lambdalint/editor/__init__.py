"""What editors are told while somebody writes, by the Language Server Protocol."""
