"""The part of OpenAI's chat API that clients and chat front ends need, over the same engine."""
