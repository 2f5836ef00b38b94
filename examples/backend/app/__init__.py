"""The backend of the todo chatbot, as small as its deployment contract allows."""
