# migrations.awk - turns sql/migrations/NNN_*.sql into the C array that store_migrate.c runs.
BEGIN {
    print "/* Made by sql/migrations.awk. */"
    print "extern const char *const store_migrations[];"
    print "extern const int store_n_migrations;"
    print "const char *const store_migrations[] = {"
}
FNR == 1 && NR > 1 { print "    ," }
{
    sub(/^[ \t]*--.*$/, "")
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    if (length($0)) print "    \"" $0 "\\n\""
    else if (FNR == 1) print "    \"\""
}
END {
    print "};"
    print "const int store_n_migrations = (int)(sizeof store_migrations / sizeof store_migrations[0]);"
}
