"""Begin the business, and ask for a circle, which is refused: `python examples/business/run.py`."""

from datetime import date

from business import Employee, begin, open_database, told
from sqlalchemy import select

from analysis_patterns.patterns import Accountability, AccountabilityType, ConstraintViolation, sessions

with sessions(open_database())() as session:
    begin(session, date(2026, 1, 5))
    print(*told(session), sep="\n")

    ann, bob = session.scalars(select(Employee).order_by(Employee.badge))
    line = session.scalars(select(AccountabilityType)).one()
    session.add(Accountability(type=line, commissioner=bob, responsible=ann))
    try:
        session.commit()
    except ConstraintViolation as refused:
        print(refused.explain())
