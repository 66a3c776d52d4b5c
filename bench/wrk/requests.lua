-- Sends the requests of the file that is the script's argument, as they stand there, one after the other and around.
-- In the file each is followed by a line "%%". Prints what came of it as one line for the harness.
local requests = {}
local at = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local text = file:read("*a")
  file:close()
  local from = 1
  while true do
    local to, behind = text:find("\n%%\n", from, true)
    if not to then break end
    requests[#requests + 1] = text:sub(from, to - 1)
    from = behind + 1
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
