-- Asks for the paths that follow a file's name in turn, and compares each answer with the file.

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  expected = file:read("*a")
  file:close()
  requests = {}
  for i = 2, #args do
    requests[i - 1] = wrk.format("GET", args[i])
  end
  asked = 0
  wrong = 0
end

function request()
  asked = asked + 1
  return requests[asked % #requests + 1]
end

function response(status, headers, body)
  if status ~= 200 or body ~= expected then
    wrong = wrong + 1
  end
end

function done(summary, latency, requests)
  local wrong = 0
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("wrong")
  end
  local errors = summary.errors
  print(string.format("requests %d, wrong %d, connect %d, read %d, write %d, timeout %d",
    summary.requests, wrong, errors.connect, errors.read, errors.write, errors.timeout))
end
