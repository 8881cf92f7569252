package dev.pollux.benchmarks.peers;

/** A program that obeys what {@code metered.h} says: which of the Java loops, and what it is to do, are its arguments. */
final class Metered {

    private Metered() {}

    /** What is measured. */
    interface Subject {

        /** Prepares for a load; what the two numbers mean is the subject's. */
        void load(int first, int second) throws Exception;

        /** Lets it work for a time. */
        Sample run(double seconds) throws Exception;
    }

    /** Runs the subject {@code args[0]} of the contestant {@code args[1]}. */
    public static void main(String[] args) throws Exception {
        Answers.endOnFailure();
        Contestant contestant = Contestant.parse(args[1]);
        Subject subject = switch (args[0]) {
            case "dispatch" -> DispatchSubject.open(contestant);
            case "churn" -> ChurnSubject.open(contestant);
            case "tasks" -> TaskSubject.open(contestant);
            case "timers" -> TimerSubject.open(contestant);
            case "heap" -> HeapSubject.open(contestant);
            case "files" -> FileSubject.open(contestant);
            default ->
                throw new IllegalArgumentException(
                        "nothing named " + args[0] + "; there are dispatch, churn, tasks, timers, heap and files");
        };
        Answers.give("ready", question -> answer(subject, question));
    }

    private static String answer(Subject subject, String question) {
        String[] words = question.split(" ", -1);
        try {
            if (words[0].equals("load")) {
                subject.load(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                return "ok";
            }
            return subject.run(Double.parseDouble(words[1])).toString();
        } catch (Exception e) {
            throw new IllegalStateException("\"" + question + "\" failed", e);
        }
    }
}
