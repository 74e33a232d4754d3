// verdict: compile_error
/*‮ } ⁦if (0)⁩ ⁦ begin */
int main(void) { return 0; }
