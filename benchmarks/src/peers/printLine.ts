/** What Node itself takes to start and to say something. */
process.stdout.write("ready\n")
